from grader.domain.report import Report
from tests.hostile.left_of_builds import no_process, nothing_left
from tests.hostile.world import World


def check(report: Report, world: World) -> None:
    nothing_left()
    no_process("hostile-daemon-b04")
