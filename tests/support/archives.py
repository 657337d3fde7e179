"""Archives as no honest tool writes them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

Data = str | bytes

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tgz": gzip.compress,
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
}
CENTRAL, END = b"PK\x01\x02", b"PK\x05\x06"


def zip_member(name: str, mode: int = 0) -> zipfile.ZipInfo:
    """A member of a zip archive, with the mode of a file system."""
    info = zipfile.ZipInfo("placeholder")
    # Behind the back of ZipInfo, which mends names.
    info.filename = name
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def zipped(path: Path, *members: tuple[zipfile.ZipInfo | str, Data]) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in members:
            archive.writestr(info, data)
    return path


def patched(path: Path, change: Callable[[bytearray], None]) -> Path:
    """Change the bytes of a file."""
    raw = bytearray(path.read_bytes())
    change(raw)
    path.write_bytes(raw)
    return path


def overlapping(path: Path, size: int, times: int) -> Path:
    """Write a zip archive that has one member, and lists it under many names."""
    zipped(path, ("zeros", b"\0" * size))
    raw = path.read_bytes()
    start, end = raw.index(CENTRAL), raw.rindex(END)
    table = b"".join(raw[start:end].replace(b"zeros", b"%05d" % i) for i in range(times))
    tail = struct.pack("<4s4H2LH", END, 0, 0, times, times, len(table), start, 0)
    path.write_bytes(raw[:start] + table + tail)
    return path


def tar_member(name: str, kind: bytes = tarfile.REGTYPE, **values: object) -> tarfile.TarInfo:
    """A member of a tar archive."""
    info = tarfile.TarInfo(name)
    info.type = kind
    for key, value in values.items():
        setattr(info, key, value)
    return info


def tar_header(size: int, kind: bytes, name: str = "x") -> bytes:
    """The block before a member, without the member."""
    return tar_member(name, kind, size=size).tobuf(tarfile.GNU_FORMAT)


def raw_tar(*members: tuple[tarfile.TarInfo | str, Data], form: int = tarfile.PAX_FORMAT) -> bytes:
    """The bytes of a tar archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for info, text in members:
            info = tar_member(info) if isinstance(info, str) else info
            data = text if isinstance(text, bytes) else text.encode()
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def tarred(path: Path, *members: tuple[tarfile.TarInfo | str, Data]) -> Path:
    """Write a tar archive."""
    path.write_bytes(raw_tar(*members))
    return path
