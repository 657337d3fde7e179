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
from worker.sandbox.meter import Meter

INTERVAL_S = 1.0
# A file costs this much however small it is: disks run out of places for files, too.
FILE_BYTES = 4096


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
        meter = Meter(self._limit, self._most_files)
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
