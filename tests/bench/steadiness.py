"""The same submission graded ten times, half of them on a busy machine."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.domain.report import Report
from grader.domain.verdicts import HarnessKind
from tests.bench.row import Row, at_most
from tests.bench.subject import grade_folder, write_app
from worker.workbench import Workbench

ROUNDS = 10
OWNER = "bench"
# Ends by itself, should nobody end it.
BUSY = "import time\nend = time.time() + 300\nwhile time.time() < end: pass"


async def rows(bench: Workbench) -> list[Row]:
    """Outcomes that differ, and the spread of the score in points of 100."""
    reports: list[Report] = []
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as work:
        folder = write_app(bench, "reference", Path(work, "app"))
        for index in range(ROUNDS):
            with _busy(2 if index % 2 else 0):
                reports.append(await grade_folder(bench, folder, OWNER))
    outcomes = {_outcomes(report) for report in reports}
    scores = [report.score.earned for report in reports]
    return [
        at_most("functional and contract outcomes that differ", len(outcomes) - 1, 0, "count"),
        at_most("spread of the score, busy or idle", max(scores) - min(scores), 1, "points"),
    ]


def _outcomes(report: Report) -> tuple[tuple[str, str], ...]:
    return tuple(
        (criterion.id, criterion.outcome)
        for criterion in report.criteria
        if criterion.harness is not HarnessKind.LOAD
    )


@contextmanager
def _busy(processes: int) -> Iterator[None]:
    """Keep that many cores busy meanwhile."""
    started = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()
