"""Markup, scripts and templates in answers, logs, builds, names, the folder and the branch."""

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

TEXTS = (*payloads.MARKUP, *payloads.TEMPLATES)
PATH, BRANCH = "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>"


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with handed_in(
        folder,
        (*payloads.MARKUP, *payloads.TEMPLATES),
        path="<img src=x onerror=alert(1)>",
        branch="<svg/onload=alert(1)>",
    ) as handed:
        yield handed


def check(report: Report, world: World) -> None:
    texts.check(report, world)
    with tempfile.TemporaryDirectory() as folder:
        assert_inert_in_browser(report, Path(folder))
