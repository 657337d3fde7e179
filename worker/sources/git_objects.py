"""Reads the files of a commit out of git's objects."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from grader.domain.report import Note
from grader.errors import SubmissionError
from worker.sources.builder import TreeBuilder
from worker.sources.entries import Content
from worker.sources.git_process import Git, GitError
from worker.sources.names import shown
from worker.sources.remarks import Names
from worker.sources.tree import SourceTree

_EXECUTABLE, _LINK, _GITLINK = b"100755", b"120000", b"160000"
_MAX_RECORD = 64 * 1024
_MAX_LINK = 4096


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A line of ``git ls-tree -r -l``."""

    path: str
    mode: bytes
    oid: str
    size: int


def list_tree(
    git: Git, commit: str, extra_environment: Mapping[str, str] | None = None
) -> Generator[TreeEntry, None, None]:
    """Every file, link and submodule of a commit, one by one.

    A tree of a few objects can stand for a billion files: what reads this must count and close.

    Args:
        git: Where the commit's objects are.
        commit: Its full name.
        extra_environment: More variables for git.

    Raises:
        GitError: If git cannot read the tree.
        SubmissionError: ``source.too_deep`` for a path that no limit allows.
    """
    rest = b""
    command = ("ls-tree", "-r", "-z", "-l", "--full-tree", commit)
    with closing(git.stream(*command, extra_environment=extra_environment)) as chunks:
        for chunk in chunks:
            *records, rest = (rest + chunk).split(b"\0")
            for record in records:
                yield _parse(record)
            if len(rest) > _MAX_RECORD:
                name = rest.partition(b"\t")[2].decode(errors="surrogateescape")
                raise SubmissionError("source.too_deep", name=shown(name, 60), limit=_MAX_RECORD)


def _parse(record: bytes) -> TreeEntry:
    facts, _, name = record.partition(b"\t")
    mode, _kind, oid, size = facts.split()
    return TreeEntry(
        path=name.decode(errors="surrogateescape"),
        mode=mode,
        oid=oid.decode(),
        size=int(size) if size.isdigit() else 0,
    )


class GitTree:
    """The files of one commit.

    Args:
        git: Where the commit's objects are.
        commit: Its full name.
        builder: Takes the files.
    """

    def __init__(self, git: Git, commit: str, builder: TreeBuilder) -> None:
        self._git = git
        self._commit = commit
        self._builder = builder
        self._submodules = Names()

    def read(self) -> tuple[SourceTree, tuple[Note, ...]]:
        """Judge all names and sizes first, then read contents.

        Raises:
            SubmissionError: As the builder raises.
            GitError: If an object is missing or broken.
        """
        entries = self._accepted()
        contents = self._contents(entries)
        for entry in entries:
            content = contents[entry.oid]
            if entry.mode == _LINK:
                self._add_link(entry, content)
            else:
                executable = entry.mode == _EXECUTABLE
                self._builder.add_file(entry.path, content, executable=executable)
        tree, notes = self._builder.finish()
        return tree, notes + self._submodule_notes()

    def _accepted(self) -> list[TreeEntry]:
        accepted: list[TreeEntry] = []
        total = 0
        with closing(list_tree(self._git, self._commit)) as listing:
            for entry in listing:
                if not self._builder.accept(entry.path):
                    continue
                if entry.mode == _GITLINK:
                    self._submodules.add(shown(entry.path))
                else:
                    accepted.append(entry)
                    total += entry.size
                    self._builder.announce(total)
        return accepted

    def _contents(self, entries: list[TreeEntry]) -> dict[str, Content]:
        """Spool each object once, however many paths it stands at."""
        sizes = {entry.oid: entry.size for entry in entries}
        with tempfile.TemporaryFile(dir=self._git.repository) as names:
            names.writelines(f"{oid}\n".encode() for oid in sizes)
            names.seek(0)
            with closing(_batch(self._git, names)) as chunks:
                output = _Output(chunks)
                return {oid: self._spool(oid, size, output) for oid, size in sizes.items()}

    def _spool(self, oid: str, size: int, output: _Output) -> Content:
        if output.line() != f"{oid} blob {size}".encode():
            raise GitError(0, f"object {oid} cannot be read")
        content = self._builder.spool(output.take(size))
        output.line()
        return content

    def _add_link(self, entry: TreeEntry, content: Content) -> None:
        if content.size > _MAX_LINK:
            self._builder.leave_out(entry.path, "a link with a target that is too long")
            return
        target = self._builder.read(content).decode(errors="surrogateescape")
        self._builder.add_link(entry.path, target)

    def _submodule_notes(self) -> tuple[Note, ...]:
        if not self._submodules:
            return ()
        text = f"Submodules are not fetched; their folders are empty: {self._submodules}."
        return (Note(kind="warning", text=text),)


def _batch(git: Git, names: IO[bytes]) -> Generator[bytes, None, None]:
    return git.stream("cat-file", "--batch", "--buffer", stdin=names)


class _Output:
    """Takes apart what ``git cat-file --batch`` prints."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def line(self) -> bytes:
        """The next line, without its end."""
        while b"\n" not in self._rest and len(self._rest) < _MAX_RECORD:
            self._more()
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def take(self, size: int) -> Iterator[bytes]:
        """The next ``size`` bytes, piece by piece."""
        while size:
            if not self._rest:
                self._more()
            piece, self._rest = self._rest[:size], self._rest[size:]
            size -= len(piece)
            yield piece

    def _more(self) -> None:
        chunk = next(self._chunks, b"")
        if not chunk:
            raise GitError(0, "git ended in the middle of an object")
        self._rest += chunk
