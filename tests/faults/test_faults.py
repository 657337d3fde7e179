"""What dies, hangs or comes back empty; whatever was accepted ends in one verdict."""

from __future__ import annotations

import pickle
import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import redis
from arq.constants import default_queue_name, job_key_prefix

from grader.domain.records import Record, Scope, State
from grader.queue import NAME
from grader.settings import Settings
from grader.store import Database, schema
from tests.api.served import hand_in, serve
from tests.faults.conftest import LEASE_S, School

assert default_queue_name != NAME


def submit(school: School, count: int, person: str = "ada", **fields: object) -> list[str]:
    client = school.api.of(person)
    answers = [hand_in(client, **fields) for _ in range(count)]
    assert {answer.status_code for answer in answers} == {202}
    return [answer.json()["id"] for answer in answers]


def test_workers_that_are_killed(school: School) -> None:
    submit(school, 12)
    for _ in range(3):
        victim = school.worker(seconds=0.5, places=2)
        school.until(lambda rows: any(row.state is State.RUNNING for row in rows))
        time.sleep(0.7)
        victim.kill()
    school.worker(places=4)
    school.all_done()


def test_a_worker_that_was_asleep_for_longer_than_its_lease(school: School) -> None:
    (ident,) = submit(school, 1)
    asleep = school.worker(seconds=2)
    school.until(lambda rows: rows[0].state is State.RUNNING)
    asleep.send_signal(signal.SIGSTOP)
    school.worker(seconds=4)
    school.until(lambda rows: rows[0].attempt == 2, LEASE_S + 10)
    asleep.send_signal(signal.SIGCONT)
    (record,) = school.all_done()
    assert (record.id, record.attempt) == (ident, 2), "the successor's grade counts, and only that"
    assert asleep.poll() is None, "the old owner goes on with other work"


def test_five_deploys_in_a_row(school: School) -> None:
    for _ in range(5):
        (ident,) = submit(school, 1)
        worker = school.worker(seconds=1)
        school.until(lambda rows, made=ident: State.RUNNING in _states(rows, made))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0, "it ends what it began"
    assert {(record.attempt, record.faults) for record in school.all_done()} == {(1, 0)}


def _states(rows: list[Record], ident: str) -> set[State]:
    return {row.state for row in rows if row.id == ident}


def test_redis_dies_and_comes_back_empty(school: School) -> None:
    school.worker(places=2)
    submit(school, 10)
    school.redis.kill()
    submit(school, 10)
    school.redis.start()
    submit(school, 10)
    records = school.all_done()
    assert len(records) == 30
    assert {record.attempt for record in records} == {1}


def test_redis_is_away_for_good(school: School) -> None:
    school.redis.kill()
    started = time.monotonic()
    submit(school, 50)
    assert time.monotonic() - started < 25, "no request waits for the queue"
    school.worker(seconds=0.05, places=8)
    school.all_done()


def test_redis_hangs(school: School) -> None:
    school.worker(places=2)
    with redis.Redis.from_url(school.redis.url) as client:
        client.client_pause(8_000)
        started = time.monotonic()
        submit(school, 5)
        assert time.monotonic() - started < 8
    school.all_done()


def test_garbage_in_the_queue_is_never_run(school: School, tmp_path: Path) -> None:
    canary = tmp_path / "canary"

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return Path.touch, (canary,)

    jobs = [pickle.dumps({"t": 1, "f": "wake", "a": (Bomb(),), "k": {}, "et": 1}), b"", b"{", b"[]"]
    jobs += [b'{"f": "os.system", "a": ["true"], "k": {}, "t": 1, "et": 1}', b"null", b"\xff"]
    with redis.Redis.from_url(school.redis.url) as client:
        for number, job in enumerate(jobs):
            client.set(f"{job_key_prefix}bad{number}", job)
            client.zadd(NAME, {f"bad{number}": number})
        client.set(f"{NAME}:nonsense", "x")
    school.worker()
    submit(school, 5)
    school.all_done()
    assert not canary.exists()


def test_one_submission_that_is_announced_a_hundred_times(school: School) -> None:
    submit(school, 3)
    with redis.Redis.from_url(school.redis.url) as client:
        job = b'{"t": 1, "f": "wake", "a": [], "k": {}, "et": 1}'
        for number in range(100):
            client.set(f"{job_key_prefix}again{number}", job)
            client.zadd(NAME, {f"again{number}": number})
    for _ in range(3):
        school.worker()
    assert {record.attempt for record in school.all_done()} == {1}


def test_one_that_kills_its_workers_is_parked_and_the_others_are_graded(school: School) -> None:
    source = {"location": "https://git.example/a", "path": "poison"}
    (poison,) = submit(school, 1, "eve", source=source)
    submit(school, 5)
    stop = threading.Event()

    def keep_alive() -> None:
        while not stop.is_set():
            school.worker(seconds=0.1).wait()

    keeper = threading.Thread(target=keep_alive)
    keeper.start()
    try:
        rows = school.until(lambda rows: all(row.state.final for row in rows))
    finally:
        stop.set()
        school.workers[-1].terminate()
        keeper.join()
    ends = {row.id: row.state for row in rows}
    assert ends.pop(poison) is State.PARKED
    assert set(ends.values()) == {State.DONE}
    assert next(row for row in rows if row.id == poison).earned is None


def test_postgresql_fails_again_and_again(school: School) -> None:
    school.worker(seconds=0.2, places=2)
    client = school.api.of("ada")
    accepted: list[str] = []
    told: set[int] = set()
    ended = threading.Event()

    def send() -> None:
        while not ended.is_set():
            answer = hand_in(client)
            told.add(answer.status_code)
            if answer.status_code == 202:
                accepted.append(answer.json()["id"])
            else:
                assert answer.headers["retry-after"]
                time.sleep(0.1)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for _ in range(3):
            time.sleep(0.7)
            school.postgres.stop("immediate")
            time.sleep(0.5)
            school.postgres.start()
    finally:
        time.sleep(0.5)
        ended.set()
        sender.join()
    assert told == {202, 503}
    done = {record.id for record in school.all_done(90)}
    assert set(accepted) <= done


def test_a_client_that_hangs_up_in_the_middle(school: School) -> None:
    token = school.api.of("ada").headers["authorization"]
    body = b'{"project": "task_tracker", "source": {"location": "https://git.example/a"}}'
    whole = (
        b"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + f"Authorization: {token}\r\nIdempotency-Key: k\r\n".encode()
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    address = ("127.0.0.1", httpx.URL(school.api.url).port or 0)
    for sent in (1, 20, 200, len(whole) - len(body), len(whole) - 1, len(whole)):
        with socket.create_connection(address) as connection:
            connection.sendall(whole[:sent])
    again = hand_in(
        school.api.of("ada"),
        project="task_tracker",
        source={"location": "https://git.example/a"},
        headers={"Idempotency-Key": "k"},
    )
    assert again.status_code == 202
    assert [record.id for record in school.records()] == [again.json()["id"]]


def test_a_locked_sqlite_is_busy_and_loses_nothing(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    schema.upgrade(database)
    with serve(database, Settings()) as api:
        ada = api.of("ada", Scope.LEARNER)
        assert hand_in(ada).status_code == 202
        with database.writing() as holder:
            holder.connection()
            refused = hand_in(ada)
        assert refused.status_code == 503
        assert refused.json()["code"] == "store.busy"
        assert refused.headers["retry-after"]
        assert hand_in(ada).status_code == 202
        assert len(ada.get("/submissions").json()["items"]) == 2
    database.close()
