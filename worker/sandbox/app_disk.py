"""Disk use of one app while it runs.

The engine has no limit on what a container writes (a quota needs XFS), and its own count leaves
out files that are empty and files that were deleted while they are open: either can fill a disk.
Where the engine is on this machine, the free space of its file system is looked at, which costs
nothing, and only when it falls by much is this app's own share measured.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from worker.sandbox.containers import Containers
from worker.sandbox.limits import MIB, Limits
from worker.sandbox.meter import Meter

# So often the engine is asked as well: a folder of that name can be here and the engine elsewhere,
# and somebody else can free as much as an app takes.
LOOKS_PER_COUNT = 5


class AppDisk:
    """Tells when an app has written more than it may.

    Args:
        containers: The engine.
        root: Where the engine keeps what containers write, if that is on this machine.
        limits: The app's.
    """

    def __init__(self, containers: Containers, root: str, limits: Limits) -> None:
        self._containers, self._root, self._limits = containers, root, limits
        self._limit_bytes = limits.disk_mb * MIB
        self._most = self._free() or (0, 0)
        self._looks = 0

    def exceeded(self, container: str) -> Literal["", "disk", "files"]:
        """Which limit the app has exceeded, if any.

        Raises:
            PlatformError: ``engine.failed`` if the engine does not say.
        """
        self._looks += 1
        if self._has_fallen():
            bytes_used, files = self._measured(container)
            if files > self._limits.files:
                return "files"
        elif self._looks % LOOKS_PER_COUNT:
            return ""
        else:
            bytes_used = self._containers.layer_bytes(container)
        return "disk" if bytes_used > self._limit_bytes else ""

    def _has_fallen(self) -> bool:
        """Whether so much was written lately, by whomever, that this app can be over a limit."""
        free = self._free()
        if free is None:
            return True
        # The most there ever was: what others give back must not hide what this app takes.
        self._most = (max(self._most[0], free[0]), max(self._most[1], free[1]))
        wrote, files = self._most[0] - free[0], self._most[1] - free[1]
        return wrote > self._limit_bytes // 2 or files > self._limits.files // 2

    def _measured(self, container: str) -> tuple[int, int]:
        """What the app has written: bytes and files."""
        meter = Meter(self._limit_bytes, self._limits.files)
        layer = self._containers.layer_folder(container)
        if layer is not None:
            meter.measure(layer)
            meter.add_nameless(self._containers.host_pids(container))
        if not meter.files:
            return max(meter.used, self._containers.layer_bytes(container)), 0
        return meter.used, meter.files

    def _free(self) -> tuple[int, int] | None:
        """Free bytes and inodes where the engine keeps what is written; None if not here."""
        try:
            status = os.statvfs(Path(self._root))
        except OSError:
            return None
        return status.f_bavail * status.f_frsize, status.f_favail
