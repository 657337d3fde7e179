"""A control group of our own around one build.

The engine's build API has no limit on processes, and what it has applies to each step's container
by itself. A control group made beforehand and named as the parent bounds all steps together, tells
afterwards which limit was hit, and can be emptied when a build is stopped.

Works where the worker is root on the engine's host and the engine manages control groups itself
(the ``cgroupfs`` driver), version 1 or 2. Elsewhere :func:`make_build_cgroup` returns None and a
build has only the limits of the API.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from worker.sandbox.owner import current_owner, has_died

ROOT = Path("/sys/fs/cgroup")
FAMILY = "grader"
# Since 1.0 the kernel's default period: the unit in which a CPU quota is given.
CPU_PERIOD_US = 100_000
# Memory is charged to a group in batches: at its limit a little may be missing.
NEARLY_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """Which limits a control group met.

    Attributes:
        oom_killed: A process was killed for memory; version 1 records that in the container's own
            group only, which is gone with it, so there it stays False.
        memory_full: The memory limit was reached, perhaps only by file caches that then shrank.
        pids_full: The limit on processes and threads was reached.
    """

    oom_killed: bool = False
    memory_full: bool = False
    pids_full: bool = False


@dataclass(frozen=True, slots=True)
class BuildCgroup:
    """One build's control group.

    Attributes:
        name: Its own name, unique on this host.
        version: 1 (one hierarchy a controller) or 2 (one for all).
        root: Where the control group file systems are mounted.
    """

    name: str
    version: Literal[1, 2]
    root: Path = ROOT

    @property
    def parent(self) -> str:
        """The value of the API's ``cgroupparent``."""
        return f"/{FAMILY}/{self.name}"

    def controller(self, name: str) -> Path:
        """The folder in which the files of one controller (``"pids"``) are."""
        base = self.root / name if self.version == 1 else self.root
        return base / FAMILY / self.name

    def containers(self) -> list[str]:
        """Ids of the containers that are in it now."""
        try:
            return [entry.name for entry in self.controller("pids").iterdir() if entry.is_dir()]
        except OSError:  # it is being removed
            return []

    def usage(self) -> Usage:
        """Which limits it met so far; False where the kernel does not tell."""
        memory, pids = self.controller("memory"), self.controller("pids")
        old = self.version == 1
        limit = _number(memory / ("memory.limit_in_bytes" if old else "memory.max"))
        peak = _number(memory / ("memory.max_usage_in_bytes" if old else "memory.peak"))
        most = _number(pids / "pids.max")
        return Usage(
            oom_killed=_field(memory / "memory.events", "oom_kill") > 0,
            memory_full=limit - peak < NEARLY_BYTES,
            # Kernels before 6.1 have no peak; there the events of this group alone are counted.
            pids_full=_number(pids / "pids.peak") >= most
            or _field(pids / "pids.events", "max") > 0,
        )

    def kill(self, timeout_s: float = 10.0) -> bool:
        """Kill every process in it; returns whether it is empty now."""
        deadline = time.monotonic() + timeout_s
        while pids := self.pids():
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def close(self) -> None:
        """Remove it, in every hierarchy. Leaves it where a process is still in it."""
        roots = list(self.root.iterdir()) if self.version == 1 else [self.root]
        for root in roots:
            folder = root / FAMILY / self.name
            if folder.is_dir():
                _remove_tree(folder)

    def pids(self) -> list[int]:
        """Its processes now, those of its containers too."""
        found: list[int] = []
        # Steps end, and with them their groups, while this looks.
        with contextlib.suppress(OSError):
            for file in self.controller("pids").rglob("cgroup.procs"):
                with contextlib.suppress(OSError):
                    found += [int(line) for line in file.read_text().split()]
        return found


def build_name() -> str:
    """A new name for a build's group; it tells which process makes it, see :func:`orphans`."""
    _, pid, started = current_owner().rsplit("/", 2)
    return f"build-{pid}-{started}-{uuid.uuid4().hex[:8]}"


def orphans(version: str, root: Path = ROOT) -> list[BuildCgroup]:
    """Groups of builds whose process is gone.

    Args:
        version: The engine's ``CgroupVersion``.
        root: Where the control group file systems are mounted.
    """
    found = []
    kind: Literal[1, 2] = 1 if version == "1" else 2
    space = current_owner().rsplit("/", 2)[0]
    for folder in BuildCgroup("build-*", kind, root).controller("pids").parent.glob("build-*-*-*"):
        _, pid, started, _ = folder.name.split("-", 3)
        if has_died(f"{space}/{pid}/{started}"):
            found.append(BuildCgroup(folder.name, kind, root))
    return found


def make_build_cgroup(
    name: str,
    *,
    driver: str,
    version: str,
    memory_bytes: int,
    pids: int,
    cpus: float,
    root: Path = ROOT,
) -> BuildCgroup | None:
    """Make the control group of one build and set its limits.

    Args:
        name: Unique on this host; letters, digits and hyphens.
        driver: The engine's ``CgroupDriver``.
        version: The engine's ``CgroupVersion``, ``"1"`` or ``"2"``.
        memory_bytes: Memory of all steps together; swap is not added to it.
        pids: Processes and threads of all steps together.
        cpus: CPU time a second of all steps together, in CPUs.
        root: Where the control group file systems are mounted.

    Returns:
        The group, or None where this process cannot make one that the engine would honour.
    """
    if driver != "cgroupfs" or os.geteuid() != 0:
        return None
    # A worker that is itself in a container has these file systems read-only, which is an OSError
    # below: it must not make groups that are not the engine's.
    group = BuildCgroup(name, 1 if version == "1" else 2, root)
    quota = int(cpus * CPU_PERIOD_US)
    try:
        if group.version == 1:
            _limit_v1(group, memory_bytes, pids, quota)
        else:
            _limit_v2(group, memory_bytes, pids, quota)
    except OSError:
        group.close()
        return None
    return group


def _limit_v1(group: BuildCgroup, memory_bytes: int, pids: int, quota_us: int) -> None:
    for controller in ("pids", "memory", "cpu"):
        group.controller(controller).mkdir(parents=True, exist_ok=True)
    (group.controller("pids") / "pids.max").write_text(str(pids))
    memory = group.controller("memory")
    (memory / "memory.limit_in_bytes").write_text(str(memory_bytes))
    # Memory and swap together; the file is there only where the kernel accounts for swap.
    with_swap = memory / "memory.memsw.limit_in_bytes"
    if with_swap.exists():
        with_swap.write_text(str(memory_bytes))
    (group.controller("cpu") / "cpu.cfs_quota_us").write_text(str(quota_us))


def _limit_v2(group: BuildCgroup, memory_bytes: int, pids: int, quota_us: int) -> None:
    folder = group.controller("")
    folder.mkdir(parents=True, exist_ok=True)
    # A controller has to be handed down at every level above the one it is used on.
    for level in (group.root, group.root / FAMILY):
        (level / "cgroup.subtree_control").write_text("+pids +memory +cpu")
    (folder / "pids.max").write_text(str(pids))
    (folder / "memory.max").write_text(str(memory_bytes))
    swap = folder / "memory.swap.max"
    if swap.exists():
        swap.write_text("0")
    (folder / "cpu.max").write_text(f"{quota_us} {CPU_PERIOD_US}")


def _field(file: Path, name: str) -> int:
    """The number beside ``name`` in a control group's flat keyed file, 0 where there is none."""
    try:
        rows = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return 0
    return next((int(row[1]) for row in rows if len(row) == 2 and row[0] == name), 0)


def _number(file: Path) -> int:
    """The one number in a control group's file, 0 where there is none."""
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return 0


def _remove_tree(folder: Path) -> None:
    with contextlib.suppress(OSError):
        for child in folder.iterdir():
            if child.is_dir():
                _remove_tree(child)
        folder.rmdir()
