"""The report names the commit whose files were graded, whatever the server does meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.cli.git_server import GitHandler, serve
from grader.domain.report import Report
from tests.hostile.world import World
from tests.worker.sources_support import commit_files, run_git, tree_of

MENDED = b"print('mended after the deadline')\n"
digests: dict[str, str] = {}
"""Of the files of each commit, by its name."""


class PushedOver(GitHandler):
    """Replaces the branch as soon as its commit has been told."""

    def _serve(self, body: bytes) -> None:
        super()._serve(body)
        if b"command=ls-refs" in body and len(digests) == 1:
            work = self.root / "work.git"
            (work / "app.py").write_bytes(MENDED)
            run_git(work, "commit", "--quiet", "--all", "--amend", "-m", "mended")
            digests[run_git(work, "rev-parse", "HEAD")] = digest(work, self.root)


@contextlib.contextmanager
def source(folder: Path, world: World) -> Iterator[str]:
    """Serve the folder as a repository."""
    root = folder.with_name("served")
    files: dict[str, str | bytes] = {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
    digests.clear()
    told = commit_files(root / "work.git", files)
    digests[told] = digest(root / "work.git", root)
    with serve(type("Handler", (PushedOver,), {"root": root})) as url:
        yield f"{url}/work.git"


def digest(work: Path, place: Path) -> str:
    """The fingerprint of what is in a work tree now."""
    return tree_of(work, place).source.digest


def check(report: Report, world: World) -> None:
    """It was pushed over, and what was graded is one of the two, under its own name."""
    assert len(set(digests.values())) == 2
    assert report.source
    assert report.source.commit
    assert report.source.digest == digests[report.source.commit]
