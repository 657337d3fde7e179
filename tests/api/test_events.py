"""Following a submission: every event once, whenever one comes and from whichever process."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import httpx

from grader.domain.records import Claim
from grader.settings import Settings
from grader.store import Database, leases
from tests.api.served import Served, hand_in, serve
from tests.support.reports import perfect

Event = tuple[int, str, dict[str, object]]


def follow(client: httpx.Client, ident: str, after: int | None = None) -> Iterator[Event]:
    """The events of a submission as a client of SSE reads them."""
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    with client.stream("GET", f"/submissions/{ident}/events", headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            if not line and "id" in fields:
                yield int(fields["id"]), fields["event"], json.loads(fields["data"])
                fields = {}
            name, _, value = line.partition(": ")
            fields[name] = value


def begin(database: Database) -> Claim:
    with database.writing() as session:
        claimed = leases.claim(session, "tester", database.now(session))
    assert claimed
    return claimed[0]


def tell(database: Database, held: Claim, *titles: str) -> None:
    with database.writing() as session:
        events: list[tuple[str, dict[str, object]]] = [("note", {"text": t}) for t in titles]
        leases.add_events(session, held, events, database.now(session))


def end(database: Database, held: Claim) -> None:
    with database.writing() as session:
        leases.finish(session, held, perfect(), database.now(session))


def test_everything_that_happened_and_happens(api: Served) -> None:
    ada = api.of("ada")
    ident = hand_in(ada).json()["id"]
    events = follow(ada, ident)
    assert next(events) == (1, "state", {"state": "queued"})
    held = begin(api.database)
    assert next(events) == (2, "state", {"state": "running", "attempt": 1})
    tell(api.database, held, "one", "two")
    assert [next(events), next(events)] == [
        (3, "note", {"text": "one"}),
        (4, "note", {"text": "two"}),
    ]
    end(api.database, held)
    assert list(events) == [(5, "state", {"state": "done", "verdict": "graded"})]
    assert ada.get(f"/submissions/{ident}/report").json()["verdict"] == "graded"


def test_a_reader_goes_on_where_it_was(api: Served) -> None:
    ada = api.of("ada")
    ident = hand_in(ada).json()["id"]
    held = begin(api.database)
    tell(api.database, held, *(str(number) for number in range(1200)))
    end(api.database, held)
    assert [number for number, _, _ in follow(ada, ident, 1000)] == list(range(1001, 1204))
    assert [number for number, _, _ in follow(ada, ident)] == list(range(1, 1204))
    assert list(follow(ada, ident, 1203)) == []


def test_a_service_that_starts_again_continues(database: Database) -> None:
    settings = Settings()
    with serve(database, settings) as served:
        ident = hand_in(served.of("ada")).json()["id"]
        held = begin(database)
        events = follow(served.of("ada"), ident)
        seen = [next(events), next(events)]
        events.close()
        tell(database, held, "while it was away")
    with serve(database, settings) as again:
        ada = again.of("ada")
        events = follow(ada, ident, seen[-1][0])
        assert next(events) == (3, "note", {"text": "while it was away"})
        end(database, held)
        assert [number for number, _, _ in events] == [4]


def test_many_readers_see_everything_and_ask_the_database_once(api: Served) -> None:
    ada = api.of("ada")
    ident = hand_in(ada).json()["id"]
    held = begin(api.database)
    seen: list[list[int]] = []

    def read() -> None:
        with httpx.Client(base_url=ada.base_url, headers=ada.headers, timeout=60) as own:
            seen.append([number for number, _, _ in follow(own, ident)])

    readers = [threading.Thread(target=read) for _ in range(40)]
    for reader in readers:
        reader.start()
    for number in range(20):
        tell(api.database, held, str(number))
        time.sleep(0.02)
    end(api.database, held)
    for reader in readers:
        reader.join(60)
    assert seen == [list(range(1, 24))] * 40


def test_nobody_follows_what_is_not_theirs(api: Served) -> None:
    ident = hand_in(api.of("ada")).json()["id"]
    answer = api.of("bob").get(f"/submissions/{ident}/events", timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (404, "submission.not_found")
