"""Archives that are many times larger when they are unpacked."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

MIB = 1024 * 1024


def zeros_in_tar_gz(file: Path, megabytes: int) -> None:
    """An archive of zeros."""
    with tarfile.open(file, "w:gz", compresslevel=9) as tar:
        _add(tar, megabytes)


def zeros_in_tar_xz(file: Path, megabytes: int) -> None:
    """An archive of zeros."""
    with tarfile.open(file, "w:xz", preset=0) as tar:
        _add(tar, megabytes)


def zeros_in_tar_bz2(file: Path, megabytes: int) -> None:
    """An archive of zeros."""
    with tarfile.open(file, "w:bz2", compresslevel=1) as tar:
        _add(tar, megabytes)


def _add(tar: tarfile.TarFile, megabytes: int) -> None:
    zeros = bytes(100 * MIB)
    for number in range(0, megabytes, 100):
        member = tarfile.TarInfo(f"zeros{number}")
        member.size = len(zeros)
        tar.addfile(member, io.BytesIO(zeros))
