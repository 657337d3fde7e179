"""A service on real servers, with workers that can be killed."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from grader.domain.records import Record, State
from grader.queue import ArqQueue
from grader.settings import Settings
from grader.store import Database, kept, submissions
from grader.store.submissions import Filter
from tests.api.served import Served, serve
from tests.support.databases import EMPTY, postgres_server
from tests.support.servers import Postgres, Redis, redis_server

__all__ = ["postgres_server"]

LEASE_S = 3.0
SOON_S = 60.0


@dataclass
class School:
    """API, PostgreSQL, Redis, and workers to do harm to."""

    postgres: Postgres
    redis: Redis
    api: Served
    url: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def worker(self, seconds: float = 0.3, places: int = 1) -> subprocess.Popen[bytes]:
        """Start a worker; each of its grades takes so long."""
        arguments = (self.url, self.redis.url, str(seconds), str(places), str(LEASE_S))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.stub_worker", *arguments],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.workers.append(process)
        return process

    def records(self) -> list[Record]:
        """Every submission, oldest first."""
        with self.api.database.reading() as session:
            return submissions.page(session, Filter(), "created_at", None, 1000)

    def until(
        self, condition: Callable[[list[Record]], bool], soon: float = SOON_S
    ) -> list[Record]:
        """Wait until all records are as they should be."""
        end = time.monotonic() + soon
        while time.monotonic() < end:
            found = self.records()
            if condition(found):
                return found
            time.sleep(0.05)
        raise AssertionError([(row.id, row.state, row.attempt) for row in self.records()])

    def all_done(self, soon: float = SOON_S) -> list[Record]:
        """Wait until every submission is done; each has one report, and events without a gap."""
        found = self.until(lambda rows: all(row.state is State.DONE for row in rows), soon)
        with self.api.database.reading() as session:
            for row in found:
                report = kept.report(session, row.id)
                assert report is not None
                assert report.id == row.id
                events = kept.events_after(session, row.id, 0, 10_000)
                assert [event.number for event in events] == list(range(1, row.last_event + 1))
                ends = [event for event in events if '"state":"done"' in event.data]
                assert len(ends) == 1
        return found


@pytest.fixture
def school(postgres_server: Postgres) -> Iterator[School]:
    url = postgres_server.make(f"faults_{secrets.token_hex(6)}", EMPTY)
    database = Database.open(url)
    with contextlib.ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        settings = Settings(redis_url=redis.url, most_waiting=100_000)
        api = stack.enter_context(serve(database, settings, queue=ArqQueue(redis.url)))
        made = School(postgres_server, redis, api, url)
        try:
            yield made
        finally:
            for worker in made.workers:
                worker.kill()
                worker.wait()
            database.close()
