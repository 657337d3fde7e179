"""Disk use of one build while it runs.

The engine has no limit on what a build step writes (a quota needs XFS). So the free space of its
file system is looked at, which costs nothing, and only when it falls by much is this build's own
share measured: another build may be the one that fills the disk.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterable
from pathlib import Path

import docker
import requests
from docker.errors import DockerException

from worker.sandbox.cgroups import BuildCgroup

INTERVAL_S = 1.0
# A file costs this much however small it is: disks run out of places for files, too.
FILE_BYTES = 4096
# Levels of folders that are looked into; each keeps a file open.
DEEPEST = 100
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class DiskWatch:
    """Tells when a build's steps write more than they may.

    Args:
        client: The engine, on this host.
        group: The build's control group, which names its containers.
        limit_bytes: What one step may write.
    """

    def __init__(self, client: docker.DockerClient, group: BuildCgroup, limit_bytes: int) -> None:
        self._client, self._group, self._limit = client, group, limit_bytes
        self._most_files = limit_bytes // FILE_BYTES
        self._root = Path(client.info().get("DockerRootDir", "/"))
        self._next = 0.0
        self._before = self._free()

    def exceeded(self, announced: str = "") -> str | None:
        """What was exceeded, in words, or None. Looks at most once a second.

        Args:
            announced: The container that the engine says it runs. When its program has ended it
                is in no control group any more, but its files are still being kept.
        """
        if self._before is None or time.monotonic() < self._next:
            return None
        self._next = time.monotonic() + INTERVAL_S
        free = self._free()
        if free is None:
            return None
        wrote, files = self._before[0] - free[0], self._before[1] - free[1]
        if wrote < self._limit // 2 and files < self._most_files // 2:
            return None
        meter = _Meter(self._limit, self._most_files)
        for container in {*self._group.containers(), *filter(None, [announced])}:
            layer = self._layer(container)
            if layer is not None:
                meter.measure(layer)
        meter.add_nameless(self._group.pids())
        if meter.used > self._limit:
            return f"{self._limit // 2**20} MiB of disk"
        if meter.files > self._most_files:
            return f"{self._most_files} files"
        return None

    def _free(self) -> tuple[int, int] | None:
        """Free bytes and inodes where the engine keeps its layers; None if it is elsewhere."""
        try:
            status = os.statvfs(self._root)
        except OSError:
            return None
        return status.f_bavail * status.f_frsize, status.f_favail

    def _layer(self, container: str) -> Path | None:
        """The folder that holds what a container of this build wrote (storage driver overlay2).

        A step can print what the engine prints, so that a container is named that is not its own.
        """
        try:
            raw = self._client.api.inspect_container(container)
        except (DockerException, requests.RequestException):
            return None
        if (raw.get("HostConfig") or {}).get("CgroupParent") != self._group.parent:
            return None
        upper = ((raw.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir")
        return Path(upper) if upper else None


class _Meter:
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
