"""Refused by the table of contents, or as soon as what comes out is too much."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import struct
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.world import World
from tests.support.archives import (
    CENTRAL,
    overlapping,
    patched,
    raw_tar,
    tar_header,
    tarred,
    zipped,
)

APP = ("app.py", b"print('hello')" * 50)
BOMB, MANY, BROKEN = "source.archive_bomb", "source.too_many_files", "source.archive_broken"
ZEROS = b"\0" * 40_000_000


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    makers = {**ZIPS, **TARS}
    handed = {}
    for name, (make, code) in makers.items():
        file = folder / name
        make(file)
        handed[name] = Handed(str(file), code=code)
    yield handed


def many(file: Path) -> None:
    zipped(file, *((f"f{number}", "") for number in range(1001)))


def encrypted(raw: bytearray) -> None:
    raw[6] |= 1
    raw[raw.index(CENTRAL) + 8] |= 1


def declared(size: int) -> Callable[[bytearray], None]:
    """The table of contents gives a member this size."""

    def lie(raw: bytearray) -> None:
        at = raw.index(CENTRAL) + 24
        raw[at : at + 4] = struct.pack("<L", size)

    return lie


def wrong_sum(raw: bytearray) -> None:
    raw[raw.index(CENTRAL) + 16] ^= 0xFF


def cut(raw: bytearray) -> None:
    del raw[len(raw) // 2 :]


def polyglot(raw: bytearray) -> None:
    raw[:0] = b"PK program first, then an archive"


def spoilt(change: Callable[[bytearray], None]) -> Callable[[Path], object]:
    return lambda file: patched(zipped(file, APP), change)


def table_of_400_000(file: Path) -> None:
    entry = struct.pack("<4s6H3L5H2L", CENTRAL, *[0] * 6, 0, 0, 0, 1, *[0] * 4, 0, 0) + b"x"
    table = entry * 400_000
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(table), 31, 0)
    first = struct.pack("<4s5H3L2H", b"PK\x03\x04", *[0] * 5, 0, 0, 0, 1, 0) + b"x"
    file.write_bytes(first + table + tail)


def squeezed(compress: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(compress(raw_tar(("zeros", ZEROS))))


def endless_headers(file: Path) -> None:
    attribute = b"20 comment=xxxxxxxx\n"
    file.write_bytes((tar_header(len(attribute), b"x") + attribute.ljust(512, b"\0")) * 20_000)


def hungry_xz(file: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 512 * 2**20}]
    file.write_bytes(lzma.compress(raw_tar(APP), lzma.FORMAT_XZ, filters=filters))


ZIPS: dict[str, tuple[Callable[[Path], object], str]] = {
    "zeros.zip": (lambda file: zipped(file, APP, ("zeros", ZEROS)), BOMB),
    "overlap.zip": (lambda file: overlapping(file, 1_000_000, 500), BOMB),
    "declared.zip": (spoilt(declared(0xFFFF_FFFE)), BOMB),
    # The other way round: it says that it is small, and grows.
    "small.zip": (spoilt(declared(10)), BROKEN),
    "many.zip": (many, MANY),
    "table.zip": (table_of_400_000, MANY),
    "sum.zip": (spoilt(wrong_sum), BROKEN),
    "cut.zip": (spoilt(cut), BROKEN),
    "polyglot.zip": (spoilt(polyglot), BROKEN),
    "locked.zip": (spoilt(encrypted), "source.archive_encrypted"),
    "page.zip": (lambda file: file.write_bytes(b"<html>"), "source.not_an_archive"),
    "empty.zip": (lambda file: file.write_bytes(b""), "source.not_an_archive"),
}
TARS: dict[str, tuple[Callable[[Path], object], str]] = {
    "zeros.tar.gz": (squeezed(lambda raw: gzip.compress(raw, 1)), BOMB),
    "zeros.tar.bz2": (squeezed(bz2.compress), BOMB),
    "zeros.tar.xz": (squeezed(lambda raw: lzma.compress(raw, preset=0)), BOMB),
    "hungry.tar.xz": (hungry_xz, BROKEN),
    "headers.tar": (endless_headers, BROKEN),
    "header.tar": (lambda file: file.write_bytes(tar_header(2**33 - 1, b"L")), BROKEN),
    "twice.tar": (lambda file: tarred(file, APP, ("./app.py", "y")), "source.duplicate_name"),
    "many.tar": (
        lambda file: file.write_bytes(
            b"".join(tar_header(0, tarfile.REGTYPE, f"f{number}") for number in range(1001))
        ),
        MANY,
    ),
}
