"""Who grades what: fair turns, leases, fences."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from grader.domain.ids import new_id
from grader.domain.records import Asked, Claim, Record, State
from grader.store import Database, kept, leases, submissions, tokens
from grader.store.leases import LEASE, LeaseLostError
from tests.support.reports import perfect

ASKED = Asked(project="url_shortening_service", kind="git", location="https://git.example/a")


def add(database: Database, owner: str = "ada", count: int = 1) -> list[str]:
    """Queue submissions of a person; returns their ids."""
    made = []
    for _ in range(count):
        with database.writing() as session:
            tokens.add_person(session, owner, database.now(session))
            turn = submissions.next_turn(session, owner)
            made.append(submissions.add(session, new_id(), owner, ASKED, 1, turn).id)
    return made


def claim(database: Database, worker: str = "w1") -> Claim | None:
    with database.writing() as session:
        found = leases.claim(session, worker, database.now(session))
    return found[0] if found else None


def must_claim(database: Database, worker: str = "w1") -> Claim:
    held = claim(database, worker)
    assert held is not None
    return held


def later(database: Database, seconds: float) -> datetime:
    with database.reading() as session:
        return database.now(session) + timedelta(seconds=seconds)


def read(database: Database, ident: str) -> Record:
    with database.reading() as session:
        found = submissions.get(session, ident)
    assert found is not None
    return found


def test_a_hundred_of_one_do_not_delay_the_first_of_another(database: Database) -> None:
    many = add(database, "ada", 100)
    served = [must_claim(database).submission for _ in range(3)]
    (one,) = add(database, "bob")
    (two,) = add(database, "eve")
    order = [must_claim(database).submission for _ in range(6)]
    assert served == many[:3]
    assert {one, two} <= set(order[:3]), "after at most one of ada's"
    assert [ident for ident in order if ident in many] == many[3:7]


def test_own_submissions_are_graded_in_their_order(database: Database) -> None:
    made = add(database, "ada", 10)
    assert [must_claim(database).submission for _ in range(10)] == made
    assert claim(database) is None


def test_each_is_claimed_once_however_many_claim_at_once(database: Database) -> None:
    made = add(database, "ada", 30)
    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda n: claim(database, f"w{n}"), range(40)))
    assert sorted(held.submission for held in claims if held) == sorted(made)


def test_a_lease_that_is_renewed_does_not_run_out(database: Database) -> None:
    add(database)
    held = must_claim(database)
    with database.writing() as session:
        leases.renew(session, held, later(database, 20))
    with database.writing() as session:
        assert leases.expire(session, later(database, 45)) == []


def test_what_a_dead_worker_held_is_graded_by_another_and_its_writes_are_refused(
    database: Database,
) -> None:
    (ident,) = add(database)
    dead = must_claim(database, "dead")
    with database.writing() as session:
        now = later(database, LEASE.total_seconds() + 1)
        assert leases.expire(session, now) == [ident]
    alive = must_claim(database, "alive")
    assert (alive.submission, alive.attempt) == (ident, 2)
    for write in (
        lambda session, now: leases.renew(session, dead, now),
        lambda session, now: leases.add_events(session, dead, [("note", {})], now),
        lambda session, now: leases.finish(session, dead, perfect(), now),
        lambda session, now: leases.failed(session, dead, perfect(), now),
        lambda session, now: leases.give_back(session, dead, now),
    ):
        with pytest.raises(LeaseLostError), database.writing() as session:
            write(session, database.now(session))
    assert read(database, ident).state is State.RUNNING
    with database.writing() as session:
        leases.finish(session, alive, perfect(), database.now(session))
    assert read(database, ident).state is State.DONE


def test_what_kills_its_workers_is_parked(database: Database) -> None:
    (ident,) = add(database)
    for attempt in (1, 2, 3):
        assert must_claim(database).attempt == attempt
        with database.writing() as session:
            leases.expire(session, later(database, 31))
    assert claim(database) is None
    record = read(database, ident)
    assert (record.state, record.faults, record.earned) == (State.PARKED, 3, None)


def test_our_faults_are_tried_again_and_never_a_zero(database: Database) -> None:
    (ident,) = add(database)
    for state in (State.QUEUED, State.QUEUED, State.PARKED):
        held = must_claim(database)
        with database.writing() as session:
            assert leases.failed(session, held, perfect(), database.now(session)) is state
    with database.reading() as session:
        numbers = [event.number for event in kept.events_after(session, ident, 0, 100)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_worker_that_stops_gives_back_and_no_attempt_counts_as_failed(
    database: Database,
) -> None:
    (ident,) = add(database)
    for _ in range(10):
        held = must_claim(database)
        with database.writing() as session:
            leases.give_back(session, held, database.now(session))
    record = read(database, ident)
    assert (record.state, record.faults) == (State.QUEUED, 0)


def test_what_is_cancelled_is_nobodys(database: Database) -> None:
    (ident,) = add(database)
    held = must_claim(database)
    with database.writing() as session:
        cancelled = submissions.cancel(session, ident, database.now(session))
    assert cancelled
    assert cancelled.state is State.CANCELLED
    with pytest.raises(LeaseLostError), database.writing() as session:
        leases.finish(session, held, perfect(), database.now(session))
    assert read(database, ident).state is State.CANCELLED


def test_the_estimate_is_of_the_last_grades(database: Database) -> None:
    with database.writing() as session:
        kept.beat(session, "w1", 2, database.now(session))
    for seconds in (10, 20, 30):
        add(database)
        held = must_claim(database)
        with database.writing() as session:
            leases.finish(session, held, perfect(), later(database, seconds))
    add(database, "ada", 4)
    (last,) = add(database, "ada")
    with database.reading() as session:
        assert submissions.ahead_of(session, last) == 4
        took = submissions.recent_seconds(session)
        assert kept.slots(session, database.now(session)) == 2
        assert kept.slots(session, later(database, 31)) == 0, "a silent worker has no places"
    assert [round(seconds) for seconds in took] == [10, 20, 30]
