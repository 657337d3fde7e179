"""Reordered, invisible, stacked and broken characters."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.domain.report import Report
from tests.hostile import texts
from tests.hostile.handed import Handed
from tests.hostile.in_browser import assert_inert_in_browser
from tests.hostile.texts import handed_in
from tests.hostile.world import World
from tests.support import payloads

# The two that are about size would leave no room for the others at the end of a log.
TEXTS = tuple(text for text in payloads.ODD if len(text) < 20_000 and "x\n" not in text)


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with handed_in(folder, TEXTS, path="\u202egnol", branch="\u2066x") as handed:
        yield handed


def check(report: Report, world: World) -> None:
    texts.check(report, world)
    with tempfile.TemporaryDirectory() as folder:
        assert_inert_in_browser(report, Path(folder))
