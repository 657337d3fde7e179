from grader.domain.report import Report
from tests.hostile.world import World

LONGEST = 20_000


def check(report: Report, world: World) -> None:
    assert report.problem
    assert len(report.problem.model_dump_json()) < LONGEST
