import re

from grader.domain.report import Report
from tests.hostile.world import World

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def check(report: Report, world: World) -> None:
    """The log is text, and it is all there."""
    assert report.build
    assert report.build.log
    text = report.build.log.text
    assert "broken" in text
    assert not CONTROL.search(text), CONTROL.findall(text)
