"""Collects a learner's files into a tree: the one place where names, sizes and links are judged."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from grader.domain.report import Note
from grader.errors import SubmissionError
from worker.sources.deadline import Deadline
from worker.sources.entries import Content, Entry, File, Link
from worker.sources.limits import Limits
from worker.sources.links import folders_of, leaves_tree, with_good_links
from worker.sources.names import (
    DEPENDENCIES,
    is_junk,
    odd,
    shown,
    unsafe,
    unwanted_folder,
)
from worker.sources.remarks import Names
from worker.sources.tree import SourceTree

# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: a pointer starts with this line.
_LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"
_LFS_POINTER_MAX = 1024


class TreeBuilder:
    """Takes names and contents from any source, and refuses what must be refused.

    Contents go into one file of the worker's own, so that no name of a learner ever becomes a
    path of this machine. A context: leaving it closes that file for writing.

    Args:
        workdir: A private folder of the worker; the spool file is made in it.
        limits: Caps on count, bytes, depth and names.
        deadline: When the fetch has taken too long.
        committed: The source is a git tree: ``.git`` inside it is an attack, and dependencies in
            it were committed on purpose, which the learner is told about.
    """

    def __init__(
        self, workdir: Path, limits: Limits, deadline: Deadline, *, committed: bool = False
    ) -> None:
        self.limits = limits
        self._deadline = deadline
        self._committed = committed
        self._spool = workdir / "contents"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.fdopen(os.open(self._spool, flags, 0o600), "wb", buffering=1024 * 1024)
        self._entries: dict[str, Entry] = {}
        self._accepted: set[str] = set()
        self._name_bytes = 0
        self._spooled = 0
        self._bytes = 0
        self._left_out: dict[str, Names] = {}
        self._dependencies: set[str] = set()
        self._pointer_offsets: set[int] = set()
        self._pointers = Names()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def accept(self, path: str) -> bool:
        """Judge a name before its contents are looked at.

        Args:
            path: Relative; bytes that are not UTF-8 as surrogates (PEP 383).

        Returns:
            Whether its contents are wanted.

        Raises:
            SubmissionError: If the name ends the submission, or there are too many.
        """
        self.check_name(path)
        folder = unwanted_folder(path)
        if folder is not None or is_junk(path):
            if folder is not None and folder.rsplit("/", 1)[-1] in DEPENDENCIES:
                self._dependencies.add(folder)
            return False
        if path.count("/") >= self.limits.max_depth:
            raise SubmissionError(
                "source.too_deep", name=shown(path, 60), limit=self.limits.max_depth
            )
        self._count(path)
        why = odd(path)
        if why:
            self.leave_out(path, why)
            return False
        if path in self._accepted:
            raise SubmissionError("source.duplicate_name", name=shown(path))
        self._accepted.add(path)
        return True

    def check_name(self, path: str) -> None:
        """Refuse a name that can only be an attack, of a file or of a folder.

        Raises:
            SubmissionError: ``source.unsafe_name``, ``source.timeout``.
        """
        self._deadline.left()
        why = unsafe(path, allowed=() if self._committed else (".git",))
        if why:
            raise SubmissionError("source.unsafe_name", name=shown(path), why=why)

    def announce(self, total_bytes: int) -> None:
        """Refuse early what says itself that it is too large.

        Raises:
            SubmissionError: ``source.too_large``.
        """
        if total_bytes > self.limits.max_bytes:
            raise self._too_large()

    def spool(self, chunks: Iterable[bytes]) -> Content:
        """Keep the contents of a file.

        Raises:
            SubmissionError: ``source.too_large`` before more than the cap is kept,
                ``source.timeout``.
        """
        offset = self._spooled
        digest = hashlib.sha256()
        for chunk in chunks:
            self._deadline.left()
            if self._spooled + len(chunk) > self.limits.max_bytes:
                raise self._too_large()
            if self._spooled == offset and chunk.startswith(_LFS_POINTER):
                self._pointer_offsets.add(offset)
            self._file.write(chunk)
            digest.update(chunk)
            self._spooled += len(chunk)
        return Content(offset, self._spooled - offset, digest.digest())

    def read(self, content: Content) -> bytes:
        """What was spooled; for small contents only."""
        self._file.flush()
        with self._spool.open("rb") as spool:
            spool.seek(content.offset)
            return spool.read(content.size)

    def add_file(self, path: str, content: Content, *, executable: bool) -> None:
        """Put an accepted file into the tree.

        Raises:
            SubmissionError: ``source.too_large`` if contents that were spooled once stand at so
                many paths that together they are too large.
        """
        self._bytes += content.size
        self.announce(self._bytes)
        self._entries[path] = File(content, executable)
        if content.size <= _LFS_POINTER_MAX and content.offset in self._pointer_offsets:
            self._pointers.add(shown(path))

    def add_link(self, path: str, target: str, *, refuse_outside: bool = False) -> None:
        """Put an accepted symbolic link into the tree; it stays if it leads to a file of it.

        Raises:
            SubmissionError: ``source.unsafe_link`` if it leaves the tree and ``refuse_outside``.
        """
        if refuse_outside and leaves_tree(path, target):
            raise SubmissionError("source.unsafe_link", name=shown(path), target=shown(target))
        self._entries[path] = Link(target)

    def leave_out(self, path: str, why: str) -> None:
        """Remember that something was left out, to tell the learner."""
        self._left_out.setdefault(why, Names()).add(shown(path))

    def finish(self) -> tuple[SourceTree, tuple[Note, ...]]:
        """The tree, and what the learner should know about it.

        Raises:
            SubmissionError: ``source.empty`` if no file is left, ``source.duplicate_name`` if a
                name is both a file and a folder.
        """
        self._file.close()
        entries = self._without_environments()
        entries, dropped = with_good_links(entries)
        for path in dropped:
            self.leave_out(path, "a link that does not lead to a file of the same tree")
        both = folders_of(entries) & entries.keys()
        if both:
            raise SubmissionError("source.duplicate_name", name=shown(min(both)))
        if not entries:
            raise SubmissionError("source.empty")
        return SourceTree(entries, self._spool), self._notes()

    def _without_environments(self) -> dict[str, Entry]:
        """Drop virtual environments whatever their folder is called (PEP 405: ``pyvenv.cfg``)."""
        homes = tuple(
            path.removesuffix("pyvenv.cfg")
            for path in self._entries
            if path.endswith("/pyvenv.cfg")
        )
        self._dependencies.update(home.rstrip("/") for home in homes)
        return {p: e for p, e in self._entries.items() if not (homes and p.startswith(homes))}

    def _notes(self) -> tuple[Note, ...]:
        notes: list[Note] = []
        if self._committed and self._dependencies:
            names = Names(shown(name) for name in sorted(self._dependencies))
            text = f"Left out, though committed: {names}. Dependencies are installed anew."
            notes.append(Note(kind="note", text=text))
        for why, names in self._left_out.items():
            notes.append(Note(kind="warning", text=f"Left out: {names} ({why})."))
        if self._pointers:
            text = (
                f"Git LFS keeps the contents of {self._pointers} elsewhere and they are not "
                "fetched: the app sees the pointer files."
            )
            notes.append(Note(kind="warning", text=text))
        return tuple(notes)

    def _count(self, path: str) -> None:
        if len(self._accepted) >= self.limits.max_files:
            raise SubmissionError("source.too_many_files", limit=self.limits.max_files)
        self._name_bytes += len(path)
        if self._name_bytes > self.limits.max_name_bytes:
            raise SubmissionError("source.too_many_files", limit=self.limits.max_files)

    def _too_large(self) -> SubmissionError:
        return SubmissionError("source.too_large", limit_mb=self.limits.max_bytes // (1024 * 1024))
