"""Mentions, images, links and tables for a comment on a pull request."""

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

PATH, BRANCH = "@everyone ![x](https:", "@octocat-#1"


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with handed_in(folder, payloads.MARKDOWN, path=PATH, branch=BRANCH) as handed:
        yield handed


def check(report: Report, world: World) -> None:
    texts.check(report, world)
    with tempfile.TemporaryDirectory() as folder:
        assert_inert_in_browser(report, Path(folder))
