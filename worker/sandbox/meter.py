"""Counting what is on a disk below a folder that a stranger writes to."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

# Levels of folders that are looked into; each keeps a file open.
DEEPEST = 100
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Meter:
    """Counts the bytes and files below folders; stops once either is past its limit.

    The tree is a stranger's and changes while it is read: every folder is opened relative to its
    parent and never through a link, and listed entry by entry.
    """

    def __init__(self, limit_bytes: int, most_files: int) -> None:
        self.used = self.files = 0
        self._limit, self._most_files = limit_bytes, most_files
        # Files with several names, or several holders.
        self._seen: set[tuple[int, int]] = set()

    def measure(self, folder: str | Path, parent: int | None = None, depth: int = 0) -> None:
        """Add what is in ``folder``; what cannot be read is not counted."""
        try:
            handle = os.open(folder, _OPEN_FOLDER, dir_fd=parent)
        except OSError:
            return
        try:
            with os.scandir(handle) as entries:
                for entry in entries:
                    if self.used > self._limit or self.files > self._most_files:
                        return
                    self._count(entry, handle, depth)
        except OSError:
            return
        finally:
            os.close(handle)

    def add_nameless(self, pids: Iterable[int]) -> None:
        """Add files that have no name any more, but are open or mapped: no folder shows them.

        Files in memory look the same and count as well; the limit on memory bounds them.
        """
        for pid in pids:
            for kind in ("fd", "map_files"):
                with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/{kind}") as entries:
                    for entry in entries:
                        self._add_nameless(entry)

    def _add_nameless(self, entry: os.DirEntry[str]) -> None:
        with contextlib.suppress(OSError):
            status = entry.stat()
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 0 and self._is_new(status):
                self.used += status.st_blocks * 512

    def _count(self, entry: os.DirEntry[str], parent: int, depth: int) -> None:
        status = entry.stat(follow_symlinks=False)
        if status.st_nlink == 1 or entry.is_dir(follow_symlinks=False) or self._is_new(status):
            self.files += 1
            # The engine fills the holes of a sparse file when it keeps what a step wrote.
            self.used += max(status.st_blocks * 512, status.st_size)
        if entry.is_dir(follow_symlinks=False) and depth < DEEPEST:
            self.measure(entry.name, parent, depth + 1)

    def _is_new(self, status: os.stat_result) -> bool:
        key = (status.st_dev, status.st_ino)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True
