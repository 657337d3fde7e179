"""A layer that one learner's build made is never in another's image."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from grader.domain.report import Report
from tests.hostile.handed import Handed
from tests.hostile.world import World

makers: list[str] = []


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    """The same folder, handed in by two."""
    makers.clear()
    yield {
        "by the first": Handed(str(folder)),
        "by the second": Handed(str(folder), owner="the-second"),
    }
    assert len(set(makers)) == 2, makers


def check(report: Report, world: World) -> None:
    """Its own build made the layer."""
    assert report.build
    assert report.build.log
    makers.extend(
        re.findall(r"^this layer was made by (\S+)$", report.build.log.text, re.MULTILINE)
    )
