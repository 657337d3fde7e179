"""A folder of this machine: what is on disk, less caches and installed dependencies.

A learner's ``.gitignore`` is not asked: what is graded is what would run from this folder, and an
ignored ``.env`` or database file is part of that. The walk never follows a link and opens
everything relative to a folder it holds open, so that nothing can be exchanged underneath it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from grader.domain.report import Note
from grader.domain.submission import FetchedSource
from grader.errors import SubmissionError, UsageError
from worker.sources.builder import TreeBuilder
from worker.sources.deadline import Deadline
from worker.sources.git_process import Git, GitError
from worker.sources.names import CACHES, DEPENDENCIES
from worker.sources.narrow import narrow
from worker.sources.request import Fetched, Request
from worker.sources.tree import SourceTree
from worker.sources.worktree import differences, head_commit

_CHUNK = 256 * 1024
# Names in one folder, folders and what is left out among them, for each file that is allowed.
_MORE_NAMES = 5
# A comparison with the commit is a courtesy; it must not cost the grade.
_COMPARE_S = 5.0
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Without O_NONBLOCK, opening a FIFO that took a file's place would hang.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class FolderSource:
    """A path that is not an archive's."""

    def detect(self, request: Request) -> bool:
        local = request.address.local
        return local is not None and not local.is_file()

    def fetch(self, request: Request) -> Fetched:
        """Copy the folder's files into the spool.

        Raises:
            UsageError: ``source.not_found``, ``source.ref_without_git``,
                ``source.bare_repository``.
            SubmissionError: As :class:`~worker.sources.builder.TreeBuilder` raises.
        """
        folder = request.address.local
        assert folder is not None
        if not folder.is_dir():
            raise UsageError("source.not_found", location=request.address.location)
        if request.ref:
            raise UsageError("source.ref_without_git", ref=request.ref)
        if _is_bare_repository(folder):
            raise UsageError("source.bare_repository", location=request.address.location)
        top = os.open(folder, _FOLDER)
        try:
            with request.builder() as builder:
                _walk(top, "", builder, request.submission.leave_out)
                tree, notes = builder.finish()
            commit = head_commit(top)
        finally:
            os.close(top)
        if commit is not None:
            notes += _working_state(request, folder, tree, commit)
        tree, dropped = narrow(tree, request.path)
        source = FetchedSource(
            kind="folder",
            location=request.address.location,
            commit=commit,
            path=request.path,
            digest=tree.digest,
            files=len(tree),
            bytes=tree.size,
        )
        return Fetched(tree, source, notes + dropped)


def _walk(folder: int, prefix: str, builder: TreeBuilder, leave_out: str) -> None:
    """Hand everything below an open folder to the builder, in the order of names."""
    most = builder.limits.max_files * _MORE_NAMES
    with os.scandir(folder) as listing:
        names = sorted(entry.name for entry in islice(listing, most + 1))
    if len(names) > most:
        raise SubmissionError("source.too_many_files", limit=builder.limits.max_files)
    for name in names:
        path = f"{prefix}{name}"
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if path == leave_out:
            continue
        if stat.S_ISDIR(mode):
            _enter(folder, name, path, builder, leave_out)
        elif stat.S_ISLNK(mode):
            if builder.accept(path):
                builder.add_link(path, os.readlink(name, dir_fd=folder))
        elif not stat.S_ISREG(mode):
            builder.leave_out(path, "neither a file, a folder nor a link")
        elif builder.accept(path):
            _copy(folder, name, path, builder)


def _enter(folder: int, name: str, path: str, builder: TreeBuilder, leave_out: str) -> None:
    if name in CACHES or name in DEPENDENCIES:
        return
    builder.check_name(path)
    try:
        below = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except PermissionError:
        builder.leave_out(path, "the grader may not read it")
        return
    try:
        if path.count("/") >= builder.limits.max_depth:
            builder.accept(f"{path}/x")  # says that it is too deep
        _walk(below, f"{path}/", builder, leave_out)
    finally:
        os.close(below)


def _copy(folder: int, name: str, path: str, builder: TreeBuilder) -> None:
    try:
        file = os.open(name, _FILE, dir_fd=folder)
    except PermissionError:
        builder.leave_out(path, "the grader may not read it")
        return
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            builder.leave_out(path, "neither a file, a folder nor a link")
            return
        builder.add_file(
            path, builder.spool(_chunks(file)), executable=bool(status.st_mode & 0o100)
        )
    finally:
        os.close(file)


def _chunks(file: int) -> Iterator[bytes]:
    while chunk := os.read(file, _CHUNK):
        yield chunk


def _is_bare_repository(folder: Path) -> bool:
    return (
        (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
    )


def _working_state(
    request: Request, folder: Path, tree: SourceTree, commit: str
) -> tuple[Note, ...]:
    """What the learner should know when the folder is not what is committed."""
    deadline = Deadline(min(_COMPARE_S, request.deadline.left()), request.address.location)
    git = Git(request.workdir, request.settings, deadline, max_bytes=request.limits.max_bytes)
    try:
        how = differences(folder, commit, tree, git)
    except (GitError, SubmissionError):
        how = "the commit cannot be read"
    if how is None:
        return ()
    text = f"Graded as it is on disk, which is not commit {commit[:12]}: {how}."
    return (Note(kind="warning", text=text),)
