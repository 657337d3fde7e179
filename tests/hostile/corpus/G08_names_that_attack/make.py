"""Each name as a file's and as a folder's, refused by git's own checks or by ours."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.domain.report import Report
from tests.hostile.handed import Handed
from tests.hostile.repositories import served
from tests.hostile.world import World
from tests.worker.sources_support import FILE, FOLDER

NAMES = (
    ".git",
    ".GIT",
    "git~1",
    ".g\u200cit",
    ".git ",
    ".git...",
    ".git::$INDEX_ALLOCATION",
    "..",
    ".",
    "a/b",
    "a\\b",
    "..\\..\\x",
    "C:x",
    "/x",
)


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("raw.git")
        app = (FILE, "app.py", raw.blob("x"))
        below = raw.tree(app)
        handed = {}
        for number, name in enumerate(NAMES):
            for kind, entry in (
                ("file", (FILE, name, raw.blob("x"))),
                ("folder", (FOLDER, name, below)),
            ):
                ref = f"{kind}-{number}"
                raw.commit(raw.tree(app, entry), branch=ref)
                handed[f"{name!r} as a {kind}"] = Handed(server.at("raw.git"), ref=ref)
        yield handed


def check(report: Report, world: World) -> None:
    """Refused for its name, and not for having nothing to build."""
    assert report.problem
    assert report.problem.code in ("source.git_object", "source.unsafe_name"), report.problem.code
