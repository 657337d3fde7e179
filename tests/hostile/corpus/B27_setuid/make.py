"""Wants to become root with what its build, which runs as root, has prepared."""

from pathlib import Path

from grader.domain.report import Report
from tests.hostile import beside
from tests.hostile.said import said_by_app
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)


def check(report: Report, world: World) -> None:
    """It is who it was, and may do no more than before."""
    became = said_by_app(report)
    assert became["prepared"], "the build did not prepare what the row is about"
    assert became["uid"] != 0, became
    nothing_gained = [became["uid"], 0, 1]
    assert became["by_owner"] == nothing_gained, became
    # The kernel does not even start a program whose capabilities nobody here may have.
    assert became["by_file"] in (None, nothing_gained), became
