"""Archives that are many times larger when they are unpacked."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

FILE_MB = 100
MIB = 1024 * 1024


def zeros_in_tar_gz(file: Path, megabytes: int) -> None:
    """An archive of files of zeros."""
    _write(file, megabytes, gzip.compress)


def zeros_in_tar_xz(file: Path, megabytes: int) -> None:
    """An archive of files of zeros."""
    _write(file, megabytes, lambda data: lzma.compress(data, preset=0))


def zeros_in_tar_bz2(file: Path, megabytes: int) -> None:
    """An archive of files of zeros."""
    _write(file, megabytes, lambda data: bz2.compress(data, 1))


def _write(file: Path, megabytes: int, packed: Callable[[bytes], bytes]) -> None:
    """Packed pieces one after the other are one packed whole, so the zeros are packed once."""
    zeros = packed(bytes(FILE_MB * MIB))
    with file.open("wb") as out:
        for number in range(0, megabytes, FILE_MB):
            member = tarfile.TarInfo(f"zeros{number}")
            member.size = FILE_MB * MIB
            out.write(packed(member.tobuf()) + zeros)
        out.write(packed(bytes(2 * tarfile.BLOCKSIZE)))
