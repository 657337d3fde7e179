from pathlib import Path

from grader.domain.report import Report
from tests.hostile import beside
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)


def check(report: Report, world: World) -> None:
    """The request that shows it is there to be repeated."""
    [shown] = [one for one in report.criteria if one.id == "posts.create"]
    assert any(check.evidence for check in shown.checks)
