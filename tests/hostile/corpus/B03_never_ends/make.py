from grader.domain.report import Report
from tests.hostile.left_of_builds import nothing_left
from tests.hostile.world import World


def check(report: Report, world: World) -> None:
    nothing_left()
