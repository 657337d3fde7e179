"""Writes down what happens to a submission, for everybody who follows it.

Progress comes in bursts: it is collected and written a few times a second, in one transaction.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from grader.domain.progress import (
    BuildOutput,
    CheckDone,
    NoteTaken,
    PhaseEnded,
    PhaseStarted,
    Progress,
)
from grader.domain.records import Claim
from grader.store import Database, leases
from worker.threads import in_thread

FLUSH_S = 0.2
# So often is a lease renewed while it lasts.
RENEWALS = 4
# What a build prints is for watching; its log is in the report.
MOST_LINES = 2_000
LONGEST_LINE = 300

Entry = tuple[str, dict[str, object]]


class Scribe:
    """Keeps the events of one attempt, and its lease.

    Args:
        database: Where they are.
        held: Whose attempt it is.
        lease: For how long it is renewed each time.
    """

    def __init__(self, database: Database, held: Claim, lease: timedelta) -> None:
        self._database, self._held, self._lease = database, held, lease
        self._waiting: list[Entry] = []
        self._lines = 0

    def tell(self, progress: Progress) -> None:
        """Take progress down; called in the event loop."""
        match progress:
            case BuildOutput(line=line):
                self._build_line(line[:LONGEST_LINE])
            case CheckDone(result=result):
                kept = {"id", "criterion", "title", "outcome", "points", "message"}
                self._waiting.append(("check_done", result.model_dump(mode="json", include=kept)))
            case NoteTaken(note=note):
                self._waiting.append(("note", note.model_dump(mode="json")))
            case PhaseStarted() | PhaseEnded():
                data = progress.model_dump(mode="json", exclude={"type"})
                self._waiting.append((progress.type, data))

    async def keep(self) -> None:
        """Write and renew, until it is cancelled.

        Raises:
            LeaseLostError: If somebody else holds the submission now, or nobody.
        """
        loop = asyncio.get_running_loop()
        renewed = loop.time()
        while True:
            await asyncio.sleep(FLUSH_S)
            if self._waiting:
                await self.flush()
            if loop.time() - renewed > self._lease.total_seconds() / RENEWALS:
                await in_thread(self._renew)
                renewed = loop.time()

    async def flush(self) -> None:
        """Write what waits.

        Raises:
            LeaseLostError: As :meth:`keep`.
            PlatformError: If the database does not answer; nothing is lost.
        """
        batch = list(self._waiting)
        await in_thread(self._write, batch)
        del self._waiting[: len(batch)]

    def _build_line(self, line: str) -> None:
        self._lines += 1
        if self._lines > MOST_LINES:
            return
        kind, data = self._waiting[-1] if self._waiting else ("", {})
        lines = data.get("lines")
        if kind == "build_output" and isinstance(lines, list):
            lines.append(line)
        else:
            self._waiting.append(("build_output", {"lines": [line]}))

    def _write(self, batch: list[Entry]) -> None:
        with self._database.writing() as session:
            leases.add_events(session, self._held, batch, self._database.now(session))

    def _renew(self) -> None:
        with self._database.writing() as session:
            leases.renew(session, self._held, self._database.now(session), self._lease)
