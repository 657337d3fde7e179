"""A worker of the service: claims submissions, grades them, keeps their reports.

The database says what there is to do; the queue only wakes. Whatever goes wrong here (the database
away for a moment, the engine gone, this process killed), a submission that was accepted is graded.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from grader.domain.records import Claim, Record, State
from grader.domain.report import Report
from grader.domain.verdicts import Fault
from grader.errors import PlatformError
from grader.queue import POLL_S
from grader.store import Database, kept, leases
from grader.store.leases import LEASE, LeaseLostError
from worker.ledger import Listener
from worker.scribe import Scribe
from worker.threads import in_thread

# So often does a worker show that it lives, while a lease lasts.
BEATS = 6
AGAIN_S = 1.0

Grade = Callable[[Record, Listener], Awaitable[Report]]
Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class Crew:
    """So many places in which submissions are graded.

    Args:
        database: Where they are.
        grade: Makes the report of one.
        name: This worker's, as no other one's.
        places: How many it grades at a time.
        tidy: Removes what dead workers left; called now and then, in a thread.
        lease: How long a submission stays with a worker that is silent.
    """

    def __init__(
        self,
        database: Database,
        grade: Grade,
        name: str,
        places: int,
        tidy: Callable[[], object] = lambda: None,
        lease: timedelta = LEASE,
    ) -> None:
        self._lease = lease
        self._database, self._grade = database, grade
        self._name, self._places, self._tidy = name, places, tidy
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._working: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There may be something to do; called in the event loop."""
        self._woken.set()

    async def wake_when_free(self) -> None:
        """As :meth:`wake`, when there is a place: meanwhile others are woken instead."""
        await self._free.wait()
        self.wake()

    def stop(self) -> None:
        """Take nothing more; :meth:`run` ends when what runs has ended, or is handed back."""
        self._stopping.set()
        self._free.clear()
        self._woken.set()

    async def run(self, grace_s: float = 600.0) -> None:
        """Work until :meth:`stop`.

        Args:
            grace_s: How long what runs then may go on; afterwards it is handed back.
        """
        beating = asyncio.create_task(self._beat())
        try:
            while not self._stopping.is_set():
                self._woken.clear()
                while self._free.is_set() and await self._take():
                    pass
                await self._wait()
            if self._working:
                await asyncio.wait(self._working, timeout=grace_s)
        finally:
            for task in self._working:
                task.cancel()
            await asyncio.gather(*self._working, return_exceptions=True)
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            await self._tried(self._retire)

    async def _wait(self) -> None:
        """Until somebody wakes us, or for a while; workers do not all look at once."""
        pause = POLL_S * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), pause)

    async def _take(self) -> bool:
        """Begin with the submission whose turn it is; whether there was one."""
        found = await self._tried(self._claim)
        if found is None:
            return False
        held, record = found
        task = asyncio.create_task(self._work(held, record))
        self._working.add(task)
        if len(self._working) >= self._places:
            self._free.clear()
        task.add_done_callback(self._done)
        return True

    def _done(self, task: asyncio.Task[None]) -> None:
        self._working.discard(task)
        if not self._stopping.is_set():
            self._free.set()
        self._woken.set()
        if not task.cancelled() and task.exception() is not None:
            _log.error("a submission was left alone", exc_info=task.exception())

    async def _work(self, held: Claim, record: Record) -> None:
        """Grade a submission and keep its report, as long as it is ours."""
        scribe = Scribe(self._database, held, self._lease)
        grading = asyncio.ensure_future(self._grade(record, scribe.tell))
        keeping = asyncio.create_task(self._keep(scribe))
        try:
            await asyncio.wait({grading, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if not grading.done():
                _log.info("submission %s is not ours any more", held.submission)
                return
            keeping.cancel()
            await self._keep_report(scribe, held, grading.result())
        except asyncio.CancelledError:
            await asyncio.shield(self._tried(self._give_back, held))
            raise
        except LeaseLostError:
            _log.info("submission %s was not ours any more", held.submission)
        finally:
            keeping.cancel()
            grading.cancel()
            await asyncio.gather(grading, keeping, return_exceptions=True)

    async def _keep(self, scribe: Scribe) -> None:
        """Keep events and lease; ends when the lease is lost."""
        while True:
            try:
                await scribe.keep()
            except LeaseLostError:
                return
            except PlatformError as error:
                _log.warning("events wait: %s", error)

    async def _keep_report(self, scribe: Scribe, held: Claim, report: Report) -> None:
        """Try for as long as nobody else can have it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._lease.total_seconds()
        while True:
            try:
                await scribe.flush()
                await in_thread(self._finish, held, report)
                return
            except PlatformError as error:
                _log.warning("the report of %s waits: %s", held.submission, error)
                if loop.time() > until:
                    return
                await asyncio.sleep(AGAIN_S)

    def _finish(self, held: Claim, report: Report) -> None:
        problem = report.problem
        ours = problem is not None and problem.fault is Fault.PLATFORM
        with self._database.writing() as session:
            now = self._database.now(session)
            if not ours:
                leases.finish(session, held, report, now)
                return
            state = leases.failed(session, held, report, now)
        if state is State.PARKED:
            _log.error("submission %s is parked: %s", held.submission, problem)

    def _claim(self) -> tuple[Claim, Record] | None:
        with self._database.writing() as session:
            return leases.claim(session, self._name, self._database.now(session), self._lease)

    def _give_back(self, held: Claim) -> None:
        with self._database.writing() as session:
            leases.give_back(session, held, self._database.now(session))

    def _retire(self) -> None:
        with self._database.writing() as session:
            kept.retire(session, self._name)

    def _look_after(self) -> bool:
        """Show that we live and queue again what the dead held; whether there was any."""
        with self._database.writing() as session:
            now = self._database.now(session)
            kept.beat(session, self._name, self._places, now)
            queued = leases.expire(session, now)
        self._tidy()
        return bool(queued)

    async def _beat(self) -> None:
        while True:
            if await self._tried(self._look_after):
                self.wake()
            await asyncio.sleep(self._lease.total_seconds() / BEATS)

    async def _tried(self, action: Callable[..., Result], *args: object) -> Result | None:
        """What an action returns; None where the database is away or the submission not ours."""
        try:
            return await in_thread(action, *args)
        except LeaseLostError:
            return None
        except PlatformError as error:
            _log.warning("later again: %s", error)
            return None
