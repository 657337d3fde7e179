"""Build contexts of our own images: a reproducible tar of files and folders."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

DEFINITIONS = Path(__file__).resolve().parent / "definitions"


def definition(kind: str) -> dict[str, bytes]:
    """The files of one folder of ``definitions/``, by name."""
    folder = DEFINITIONS / kind
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def digest(parts: Mapping[str, bytes]) -> str:
    """A content address of named parts, in hex."""
    total = hashlib.sha256()
    for name, content in sorted(parts.items()):
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()[:32]


def pack(files: Mapping[str, bytes | Path]) -> BinaryIO:
    """A tar with files by their name in it; the caller closes it (it is a temporary file).

    Args:
        files: Content, or a file or folder on disk. Modification times are dropped, so that the
            engine finds its cached layers again.
    """
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in files.items():
            if isinstance(content, Path):
                tar.add(content, arcname=name, filter=_plain)
            else:
                tar.addfile(_entry(name, len(content)), io.BytesIO(content))
    out.seek(0)
    return out


def _entry(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    return info


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.mtime = info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info
