"""Disk use of one build while it runs.

The engine has no limit on what a build step writes (a quota needs XFS). So the free space of its
file system is looked at, which costs nothing, and only when it falls by much is this build's own
share measured: another build may be the one that fills the disk.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import docker
import requests
from docker.errors import DockerException

from worker.sandbox.cgroups import BuildCgroup

INTERVAL_S = 1.0
# Files that one build may make: far more than any honest one, far fewer than a disk has.
MOST_FILES = 1_000_000
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
        self._root = Path(client.info().get("DockerRootDir", "/"))
        self._next = 0.0
        self._before = self._free()

    def exceeded(self) -> str | None:
        """What was exceeded, in words, or None. Looks at most once a second."""
        if self._before is None or time.monotonic() < self._next:
            return None
        self._next = time.monotonic() + INTERVAL_S
        free = self._free()
        if free is None:
            return None
        wrote, files = self._before[0] - free[0], self._before[1] - free[1]
        if wrote < self._limit // 2 and files < MOST_FILES // 2:
            return None
        for container in self._group.containers():
            layer = self._layer(container)
            if layer is None:
                continue
            meter = _Meter(self._limit)
            meter.measure(layer)
            if meter.used > self._limit:
                return f"{self._limit // 2**20} MiB of disk"
            if meter.files > MOST_FILES:
                return f"{MOST_FILES} files"
        return None

    def _free(self) -> tuple[int, int] | None:
        """Free bytes and inodes where the engine keeps its layers; None if it is elsewhere."""
        try:
            status = os.statvfs(self._root)
        except OSError:
            return None
        return status.f_bavail * status.f_frsize, status.f_favail

    def _layer(self, container: str) -> Path | None:
        """The folder that holds what a container wrote (storage driver overlay2)."""
        try:
            raw = self._client.api.inspect_container(container)
        except (DockerException, requests.RequestException):
            return None
        upper = ((raw.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir")
        return Path(upper) if upper else None


class _Meter:
    """Counts the bytes and files below a folder; stops once either is past its limit.

    The tree is a stranger's and changes while it is read: every folder is opened relative to its
    parent and never through a link, and listed entry by entry.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.used = self.files = 0
        self._limit = limit_bytes

    def measure(self, folder: str | Path, parent: int | None = None, depth: int = 0) -> None:
        """Add what is in ``folder``; what cannot be read is not counted."""
        try:
            handle = os.open(folder, _OPEN_FOLDER, dir_fd=parent)
        except OSError:
            return
        try:
            with os.scandir(handle) as entries:
                for entry in entries:
                    if self.used > self._limit or self.files > MOST_FILES:
                        return
                    self._count(entry, handle, depth)
        except OSError:
            return
        finally:
            os.close(handle)

    def _count(self, entry: os.DirEntry[str], parent: int, depth: int) -> None:
        status = entry.stat(follow_symlinks=False)
        self.files += 1
        self.used += status.st_blocks * 512
        if entry.is_dir(follow_symlinks=False) and depth < DEEPEST:
            self.measure(entry.name, parent, depth + 1)
