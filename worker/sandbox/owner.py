"""Names for worker processes that outlive them, so that a later worker knows who has died.

A pid alone is reused; a pid with its start time and the boot it belongs to is not. A worker in a
container has a pid namespace of its own, whose pids mean nothing outside: it is named as well.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

PROC = Path("/proc")
START_TIME_FIELD = 22 - 3  # proc(5) counts from 1; two fields are cut off with the name


def current_owner() -> str:
    """This process's name: ``<boot>/<pid namespace>/<pid>/<start time>``.

    Empty parts stand for what the system does not tell; see :func:`has_died`.
    """
    pid = os.getpid()
    return f"{_pid_space()}/{pid}/{_start_time(pid)}"


def has_died(owner: str) -> bool:
    """Whether the process of that name is certainly gone.

    Args:
        owner: What :func:`current_owner` said in some process, on any machine.

    Returns:
        False also where it cannot be known: another machine, pid namespace or boot.
    """
    space, _, started = owner.rpartition("/")
    space, _, pid = space.rpartition("/")
    if not pid.isdecimal() or not space.strip("/") or space != _pid_space():
        return False
    return _start_time(int(pid)) != started


@lru_cache(maxsize=1)
def _pid_space() -> str:
    """Which set of pids this process's pid belongs to."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        namespace = str((PROC / "self/ns/pid").stat().st_ino)
    except OSError:
        return "/"
    return f"{boot}/{namespace}"


def _start_time(pid: int) -> str:
    """When a process started, in the kernel's ticks; empty if there is no such process."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[START_TIME_FIELD]
