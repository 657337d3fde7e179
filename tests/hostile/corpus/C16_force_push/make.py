"""The report names the commit whose files were graded, whatever the server does meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.cli.git_server import GitHandler, serve
from grader.domain.report import Report
from tests.hostile.world import World
from tests.worker.sources_support import commit_files, run_git, tree_of

pushed: dict[str, str] = {}


class PushedOver(GitHandler):
    """Replaces the branch as soon as its commit has been told."""

    def _serve(self, body: bytes) -> None:
        super()._serve(body)
        if not pushed["later"] and b"command=ls-refs" in body:
            work = self.root / "work.git"
            (work / "app.py").write_text("print('another one')\n")
            run_git(work, "commit", "--quiet", "--all", "--amend", "-m", "other")
            pushed["later"] = run_git(work, "rev-parse", "HEAD")


@contextlib.contextmanager
def source(folder: Path, world: World) -> Iterator[str]:
    """Serve the folder as a repository."""
    root = folder.with_name("served")
    files: dict[str, str | bytes] = {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
    told = commit_files(root / "work.git", files)
    pushed.update(told=told, later="", digest=tree_of(folder, folder.parent).source.digest)
    with serve(type("Handler", (PushedOver,), {"root": root})) as url:
        yield f"{url}/work.git"


def check(report: Report, world: World) -> None:
    """It was pushed over, and what was told at first is what was graded."""
    assert pushed["later"] not in ("", pushed["told"])
    assert report.source
    assert report.source.commit == pushed["told"]
    assert report.source.digest == pushed["digest"]
