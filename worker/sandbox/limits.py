"""What a container may use, and the engine's words for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.settings import Settings

MIB = 1024 * 1024
# The kernel's default period of 100 ms lets an app with several threads use up its share at once
# and then stand still for most of the period, which would show in its latencies.
CPU_PERIOD_US = 20_000
DISK_MB = 512
# Far more than an app that keeps each record in a file makes in a load test.
FILES = 32_768
OPEN_FILES = 4096
SHARED_MEMORY_MB = 64
LOG_FILE_KB = 1024
LOG_FILES = 2
# When the machine itself runs out of memory the kernel takes these first, before any of ours.
OOM_SCORE = 500
# Relative to the 1024 of everybody else; it matters only while the machine is busy.
BACKGROUND_CPU_SHARES = 256


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one container.

    Attributes:
        memory_mb: Memory; there is no swap on top.
        pids: Processes and threads.
        cpus: CPU time a second, in CPUs; None: as much as is free.
        disk_mb: Growth of its writable layer, and the largest single file.
        files: Files in its writable layer: an empty one, too, takes a place that a disk has not
            many of.
        open_files: File descriptors of each process.
    """

    memory_mb: int
    pids: int
    cpus: float | None = None
    disk_mb: int = DISK_MB
    open_files: int = OPEN_FILES
    files: int = FILES

    @classmethod
    def for_app(cls, settings: Settings) -> Limits:
        """The operator's limits for a learner's app."""
        return cls(memory_mb=settings.app_memory_mb, pids=settings.app_pids, cpus=settings.app_cpus)

    @classmethod
    def for_harness(cls, settings: Settings) -> Limits:
        """The limits of a harness; it is ours, so they only catch our own mistakes."""
        return cls(memory_mb=settings.harness_memory_mb, pids=256, disk_mb=64)


def limit_fields(limits: Limits, *, kernel_memory_tcp: bool = False) -> dict[str, Any]:
    """The fields of the engine's HostConfig that impose ``limits``.

    Args:
        limits: What to impose.
        kernel_memory_tcp: Whether the engine can also bound socket buffers, which control groups
            of version 1 do not count as memory (docker run ``--kernel-memory-tcp``).
    """
    memory = limits.memory_mb * MIB
    fields: dict[str, Any] = {
        "Memory": memory,
        "MemorySwap": memory,
        "PidsLimit": limits.pids,
        "ShmSize": SHARED_MEMORY_MB * MIB,
        "OomScoreAdj": OOM_SCORE,
        "Ulimits": [
            _ulimit("nofile", limits.open_files),
            _ulimit("core", 0),
            _ulimit("fsize", limits.disk_mb * MIB),
        ],
    }
    if limits.cpus is not None:
        fields["CpuPeriod"] = CPU_PERIOD_US
        fields["CpuQuota"] = int(limits.cpus * CPU_PERIOD_US)
    if kernel_memory_tcp:
        fields["KernelMemoryTCP"] = memory
    return fields


def _ulimit(name: str, value: int) -> dict[str, Any]:
    return {"Name": name, "Soft": value, "Hard": value}
