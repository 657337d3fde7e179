"""Lays answers that hold other formats' control characters over the honest blog."""

from grader.domain.report import Report
from tests.hostile import spoilt_blog
from tests.hostile.invariants import renderings
from tests.hostile.spoilt_blog import write
from tests.hostile.world import World

__all__ = ["check", "write"]

NOWHERE = ("\x1b", "\x9b", "\x07", "\u202e", "\u2066", "\ud800", "\x00")


def check(report: Report, world: World) -> None:
    """What is text for a person is text in every format."""
    spoilt_blog.check(report, world)
    for name, text in renderings(report).items():
        assert not [one for one in NOWHERE if one in text], name
        # What a build log or a page would obey.
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::")], name
    page = renderings(report)["html"]
    assert "<script>alert" not in page
    assert "<img src=x" not in page
