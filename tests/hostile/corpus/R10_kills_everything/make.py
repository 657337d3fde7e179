from pathlib import Path

from grader.domain.report import Report
from tests.hostile import beside
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)


def check(report: Report, world: World) -> None:
    """What tells its ending still ran: harness and network were not among the killed."""
    [run] = report.runs
    assert run.checks
    assert run.ending
    assert run.ending.code == "app.killed"
