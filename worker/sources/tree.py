"""A learner's files: an immutable list of names, and their contents in a file of ours."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Protocol

from grader.errors import SubmissionError
from worker.sources.entries import Entry, File, Link
from worker.sources.links import ends_at, folders_of, with_good_links
from worker.sources.names import shown

_CHUNK = 256 * 1024


class Writer(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes, /) -> object: ...


def _nothing(_path: str) -> bool:
    return False


class SourceTree:
    """A learner's files as they were fetched; immutable.

    Paths are relative, with ``/`` between components, and were all judged by
    :mod:`worker.sources.names`. There are no empty folders, as in git.

    Args:
        entries: Path -> file or link.
        spool: The file that holds all contents, one after the other. Nobody but the worker
            writes there.
    """

    def __init__(self, entries: Mapping[str, Entry], spool: Path) -> None:
        self._entries = {path: entries[path] for path in sorted(entries, key=str.encode)}
        self._spool = spool

    def __len__(self) -> int:
        return len(self._entries)

    def paths(self) -> tuple[str, ...]:
        """All files and links, sorted by their bytes."""
        return tuple(self._entries)

    def has(self, path: str) -> bool:
        """Whether there is a file, or a link to one, at this path."""
        return path in self._entries

    def has_folder(self, path: str) -> bool:
        """Whether files lie below this path."""
        return path in self.folders

    def is_executable(self, path: str) -> bool:
        """Whether the file at this path may be executed. Raises ``KeyError`` if there is none."""
        return self._file(path).executable

    def size_of(self, path: str) -> int:
        """Bytes of the file at this path. Raises ``KeyError`` if there is none."""
        return self._file(path).content.size

    def read(self, path: str, limit_bytes: int) -> bytes:
        """The first bytes of a file; a link is followed inside the tree.

        Args:
            path: One of :meth:`paths`.
            limit_bytes: Never more than this many.

        Raises:
            KeyError: If there is no such file.
        """
        content = self._file(path).content
        descriptor = self._open()
        try:
            return os.pread(descriptor, min(limit_bytes, content.size), content.offset)
        finally:
            os.close(descriptor)

    def chunks(self, path: str) -> Iterator[bytes]:
        """The contents of a file, piece by piece. Raises ``KeyError`` if there is none."""
        content = self._file(path).content
        descriptor = self._open()
        try:
            done = 0
            while done < content.size:
                size = min(_CHUNK, content.size - done)
                piece = os.pread(descriptor, size, content.offset + done)
                if not piece:
                    raise OSError(f"the spool file ends early: {self._spool}")
                done += len(piece)
                yield piece
        finally:
            os.close(descriptor)

    def link_target(self, path: str) -> str | None:
        """Where a link points, relative to its own folder; ``None`` for a file."""
        entry = self._entries[path]
        return entry.target if isinstance(entry, Link) else None

    def sub(self, path: str) -> SourceTree:
        """The files below a folder, with paths relative to it.

        Links that leave the folder are dropped.

        Args:
            path: A folder; ``""`` and ``"."`` are the whole tree. Spaces are fine.

        Raises:
            SubmissionError: ``source.path_not_found`` if there is no such folder.
        """
        wanted = "/".join(part for part in path.split("/") if part not in ("", "."))
        if not wanted:
            return self
        if wanted not in self.folders:
            raise SubmissionError(
                "source.path_not_found", path=shown(path), advice=self._did_you_mean(wanted)
            )
        start = len(wanted) + 1
        below = {p[start:]: e for p, e in self._entries.items() if p.startswith(f"{wanted}/")}
        good, _ = with_good_links(below)
        return SourceTree(good, self._spool)

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold something."""
        return folders_of(self._entries)

    @cached_property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(e.content.size for e in self._entries.values() if isinstance(e, File))

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over names, modes and contents: equal trees have equal digests."""
        digest = hashlib.sha256()
        for path, entry in self._entries.items():
            name = path.encode()
            if isinstance(entry, Link):
                mode, content = b"120000", hashlib.sha256(entry.target.encode()).digest()
            else:
                mode = b"100755" if entry.executable else b"100644"
                content = entry.content.sha256
            digest.update(b"%s %d:%s%s" % (mode, len(name), name, content))
        return digest.hexdigest()

    def write_tar(
        self,
        fileobj: Writer,
        exclude: Callable[[str], bool] = _nothing,
        extra: Mapping[str, bytes] | None = None,
    ) -> None:
        """Write the tree as a tar stream, the engine's build context.

        The same files give the same bytes, whenever and wherever they were fetched: sorted
        names, no times, owner 0, modes 644 and 755. So the engine's layer cache hits.

        Args:
            fileobj: Takes the stream; it is written from start to end, never sought.
            exclude: Called with each path; true leaves it out.
            extra: Files to add, or to put in the place of the tree's own: path -> contents.
        """
        added = dict(extra or {})
        own = {p: e for p, e in self._entries.items() if p not in added and not exclude(p)}
        with tarfile.open(fileobj=fileobj, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
            names = sorted({*folders_of(own), *folders_of(added), *own, *added}, key=str.encode)
            for name in names:
                self._add(tar, name, own.get(name), added.get(name))

    def _add(
        self, tar: tarfile.TarFile, name: str, entry: Entry | None, text: bytes | None
    ) -> None:
        member = tarfile.TarInfo(name)
        if text is not None:
            member.size, member.mode = len(text), 0o644
            tar.addfile(member, io.BytesIO(text))
        elif entry is None:
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(member)
        elif isinstance(entry, Link):
            member.type, member.linkname, member.mode = tarfile.SYMTYPE, entry.target, 0o777
            tar.addfile(member)
        else:
            member.size, member.mode = entry.content.size, 0o755 if entry.executable else 0o644
            with os.fdopen(self._open(), "rb") as spool:
                spool.seek(entry.content.offset)
                tar.addfile(member, spool)

    def _file(self, path: str) -> File:
        entry = self._entries[path]
        if isinstance(entry, Link):
            entry = self._entries[ends_at(self._entries, path) or path]
        if not isinstance(entry, File):
            raise KeyError(path)
        return entry

    def _open(self) -> int:
        return os.open(self._spool, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)

    def _did_you_mean(self, wanted: str) -> str:
        by_lower = {folder.lower(): folder for folder in sorted(self.folders)}
        close = get_close_matches(wanted.lower(), by_lower, n=1, cutoff=0.6)
        if not close:  # the right folder under another parent
            ending = wanted.lower().rsplit("/", 1)[-1]
            close = [lower for lower in by_lower if lower.rsplit("/", 1)[-1] == ending][:1]
        if close:
            return f"did you mean `{shown(by_lower[close[0]])}`?"
        tops = sorted(folder for folder in self.folders if "/" not in folder)
        if not tops:
            return "there are no folders in it: leave --path out"
        return f"the folders there are: {', '.join(shown(top) for top in tops[:12])}"
