from grader.domain.report import Report
from tests.hostile.world import World

MOST_STEPS = 20


def check(report: Report, world: World) -> None:
    """It is stopped when it is too large, not when all 100 layers are there."""
    assert report.problem
    number = int(report.problem.title.rpartition("/layer")[2])
    assert number < MOST_STEPS, number
