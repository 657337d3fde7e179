"""A real worker process whose grades are made up: what it does with submissions is what counts.

    python -m tests.faults.stub_worker DATABASE_URL REDIS_URL SECONDS PLACES LEASE

A submission whose path is ``poison`` kills it.
"""

from __future__ import annotations

import asyncio
import os
import sys

from grader.domain.progress import NoteTaken
from grader.domain.records import Record
from grader.domain.report import Note, Report
from grader.settings import Settings
from grader.store import Database
from tests.support.reports import perfect
from worker.ledger import Listener
from worker.main import stop_on_signals, work

STEPS = 5


def main(database: str, redis: str, seconds: str, places: str, lease: str) -> None:
    settings = Settings(redis_url=redis or None, slots=int(places), lease_seconds=float(lease))

    async def grade(record: Record, listen: Listener) -> Report:
        if record.asked.path == "poison":
            os._exit(9)
        for step in range(STEPS):
            listen(NoteTaken(note=Note(kind="note", text=f"{os.getpid()} {step}")))
            await asyncio.sleep(float(seconds) / STEPS)
        return perfect().model_copy(update={"id": record.id})

    asyncio.run(work(settings, Database.open(database), grade, stop_on_signals))


if __name__ == "__main__":
    main(*sys.argv[1:])
