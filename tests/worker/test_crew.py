"""A worker of the service: what it does with submissions, whatever happens to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from grader.domain.progress import NoteTaken
from grader.domain.records import Claim, Record, State
from grader.domain.report import Note, Report
from grader.store import Database, kept, leases, submissions
from tests.store.test_leases import add, must_claim, read
from tests.support.databases import database, postgres_server
from tests.support.loops import in_own_loop
from tests.support.reports import perfect, platform_error
from worker.crew import Crew
from worker.ledger import Listener

__all__ = ["database", "postgres_server"]

SOON_S = 10.0


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that comes soon."""
    async with asyncio.timeout(SOON_S):
        while not condition():
            await asyncio.sleep(0.02)


class Grading:
    """Grades as it is told to; what is graded waits for its turn."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.cancelled: list[str] = []
        self.go = asyncio.Event()
        self.report: Callable[[], Report] = perfect

    async def __call__(self, record: Record, listen: Listener) -> Report:
        self.begun.append(record.id)
        listen(NoteTaken(note=Note(kind="note", text="begun")))
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.append(record.id)
            raise
        return self.report()


def with_crew(
    database: Database, test: Callable[[Crew, Grading], Awaitable[None]], places: int = 2
) -> None:
    """Run a test beside a crew that works."""

    async def run() -> None:
        grading = Grading()
        crew = Crew(database, grading, "crew", places)
        working = asyncio.create_task(crew.run(grace_s=0.5))
        try:
            await test(crew, grading)
        finally:
            crew.stop()
            await working

    in_own_loop(run())


def state_of(database: Database, ident: str) -> State:
    return read(database, ident).state


def test_as_many_at_a_time_as_there_are_places(database: Database) -> None:
    made = add(database, "ada", 3)

    async def test(crew: Crew, grading: Grading) -> None:
        await until(lambda: len(grading.begun) == 2)
        await asyncio.sleep(0.5)
        assert grading.begun == made[:2]
        grading.go.set()
        await until(lambda: all(state_of(database, ident) is State.DONE for ident in made))

    with_crew(database, test)
    with database.reading() as session:
        texts = [event.data for event in kept.events_after(session, made[0], 0, 10)]
        assert '{"kind":"note","text":"begun"}' in texts
        report = kept.report(session, made[0])
    assert report == perfect()


def test_it_is_woken_and_does_not_wait_for_its_next_look(database: Database) -> None:
    async def test(crew: Crew, grading: Grading) -> None:
        grading.go.set()
        await asyncio.sleep(0.3)  # it has looked and found nothing
        (ident,) = add(database)
        started = asyncio.get_running_loop().time()
        crew.wake()
        await until(lambda: bool(grading.begun))
        assert asyncio.get_running_loop().time() - started < 1
        await until(lambda: state_of(database, ident) is State.DONE)

    with_crew(database, test)


def test_a_cancelled_submission_is_left_within_seconds(database: Database) -> None:
    (ident,) = add(database)

    async def test(crew: Crew, grading: Grading) -> None:
        await until(lambda: bool(grading.begun))
        with database.writing() as session:
            submissions.cancel(session, ident, database.now(session))
        async with asyncio.timeout(5):
            await until(lambda: grading.cancelled == [ident])

    with_crew(database, test)
    assert state_of(database, ident) is State.CANCELLED


def test_our_own_fault_is_tried_three_times_and_parked(database: Database) -> None:
    (ident,) = add(database)

    async def test(crew: Crew, grading: Grading) -> None:
        grading.report = platform_error
        grading.go.set()
        await until(lambda: state_of(database, ident) is State.PARKED)
        assert grading.begun == [ident] * 3

    with_crew(database, test)


def test_who_stops_hands_back_what_takes_too_long(database: Database) -> None:
    (ident,) = add(database)

    async def test(crew: Crew, grading: Grading) -> None:
        await until(lambda: bool(grading.begun))

    with_crew(database, test)
    record = read(database, ident)
    assert (record.state, record.faults) == (State.QUEUED, 0)


def test_who_stops_finishes_what_ends_in_time(database: Database) -> None:
    (ident,) = add(database)

    async def test(crew: Crew, grading: Grading) -> None:
        await until(lambda: bool(grading.begun))
        crew.stop()
        await asyncio.sleep(0.1)
        grading.go.set()

    with_crew(database, test)
    assert state_of(database, ident) is State.DONE


def test_what_a_dead_worker_held_is_taken_over(database: Database) -> None:
    (ident,) = add(database)
    dead = must_claim(database, "dead")
    with database.writing() as session:
        long_ago = database.now(session) - timedelta(minutes=5)
        leases.renew(session, dead, long_ago)

    async def test(crew: Crew, grading: Grading) -> None:
        grading.go.set()
        await until(lambda: state_of(database, ident) is State.DONE)

    with_crew(database, test)
    assert read(database, ident).attempt == 2


def test_a_successor_makes_the_old_owner_stop(database: Database) -> None:
    (ident,) = add(database)

    async def test(crew: Crew, grading: Grading) -> None:
        await until(lambda: bool(grading.begun))
        with database.writing() as session:
            leases.expire(session, database.now(session) + timedelta(minutes=1))
        successor: Claim = must_claim(database, "successor")
        await until(lambda: grading.cancelled == [ident])
        with database.writing() as session:
            leases.finish(session, successor, perfect(), database.now(session))

    with_crew(database, test)
    assert read(database, ident).attempt == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_report_waits_for_a_database_that_is_away(database: Database) -> None:
    (ident,) = add(database)
    away = False
    real = database.writing

    def writing() -> Any:
        if away:
            from grader.errors import PlatformError

            raise PlatformError("store.unreachable", cause="away")
        return real()

    async def test(crew: Crew, grading: Grading) -> None:
        nonlocal away
        await until(lambda: bool(grading.begun))
        away = True
        grading.go.set()
        await asyncio.sleep(1.5)
        away = False
        await until(lambda: state_of(database, ident) is State.DONE)

    database.writing = writing  # type: ignore[method-assign]
    with_crew(database, test)
