"""Builds of what was graded before."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

from grader.domain.submission import Submission
from tests.bench.row import Row, at_most, ratio
from tests.bench.subject import write_app
from worker.builds.build import BuiltApp, build
from worker.sources import Fetched, fetch
from worker.workbench import Workbench

ROUNDS = 3
INSTALLS = ("Collecting ", "Downloading ", "Downloaded ", "Installed ", "Resolved ", "added ")


async def rows(bench: Workbench) -> list[Row]:
    """Re-grade of unchanged content, and of changed code with unchanged dependencies."""
    cold: list[float] = []
    warm: list[float] = []
    installs = 0
    for _ in range(ROUNDS):
        owner = f"bench-{secrets.token_hex(4)}"
        with tempfile.TemporaryDirectory(prefix="grader-bench-") as work:
            folder = write_app(bench, "reference", Path(work, "app"))
            cold.append(_build(bench, folder, owner).seconds)
            warm.append(_build(bench, folder, owner).seconds)
            app = folder / "app.py"
            app.write_text(app.read_text() + "\n# changed\n", encoding="utf-8")
            installs += _installed(_build(bench, folder, owner))
    return [
        at_most("build of unchanged content / cold build", ratio(warm, cold), 0.05, "ratio"),
        at_most("installs after a change of the code", installs, 0, "count"),
    ]


def _build(bench: Workbench, folder: Path, owner: str) -> BuiltApp:
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as work:
        submission = Submission(id="bench", source=str(folder), project="x", seed=0)
        fetched = fetch(submission, bench.settings, Path(work))
        assert isinstance(fetched, Fetched)
        return build(fetched.tree, owner, bench.workshop)


def _installed(built: BuiltApp) -> int:
    """Lines of a build log that tell of an installation."""
    lines = built.log.text.splitlines() if built.log else []
    return sum(line.strip().startswith(INSTALLS) for line in lines)
