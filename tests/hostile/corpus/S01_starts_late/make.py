from pathlib import Path

from grader.domain.report import Report
from tests.hostile import beside
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)


def check(report: Report, world: World) -> None:
    """The report says how long it took."""
    [run] = report.runs
    assert run.ready_seconds
    assert run.ready_seconds > 3
