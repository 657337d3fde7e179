"""Repositories that mean harm, on a git server of this machine's loopback."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.cli.git_server import serve_repositories
from tests.support.tripwires import tripwires
from tests.worker.sources_support import FILE, FOLDER, RawRepository

ADVERTISEMENT = "application/x-git-upload-pack-advertisement"
EMPTY_REFS = b"001e# service=git-upload-pack\n0000"
# What the worker itself calls itself when it looks at an address, before git does.
LOOKS = "(grader)"
Entry = tuple[str, str | bytes, str]


@dataclass(frozen=True)
class Served:
    """A git server.

    Attributes:
        root: Its folder of repositories.
        url: Its address.
    """

    root: Path
    url: str

    def repository(self, name: str) -> RawRepository:
        """A new, empty repository, to be found at :meth:`at`."""
        return RawRepository(self.root / name)

    def at(self, name: str) -> str:
        return f"{self.url}/{name}"


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve repositories, and assert at the end that none of them started a program."""
    root = folder.with_name("served")
    root.mkdir()
    with nothing_started(folder), serve_repositories(root) as url:
        yield Served(root, url)


@contextlib.contextmanager
def nothing_started(folder: Path) -> Iterator[None]:
    """Assert that no program is started that git could be talked into starting."""
    place = folder.with_name("watched")
    place.mkdir()
    with tripwires(place) as trace:
        yield
    assert not trace.exists(), trace.read_text(encoding="utf-8")


def entries_of(raw: RawRepository, folder: Path) -> list[Entry]:
    """The files of a folder, stored, as entries of a tree."""
    entries: list[Entry] = []
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            entries.append((FOLDER, path.name, raw.tree(*entries_of(raw, path))))
        else:
            entries.append((FILE, path.name, raw.blob(path.read_bytes())))
    return entries


def nested(raw: RawRepository, tree: str, depth: int, name: str = "d") -> str:
    """A tree in folders in folders."""
    for _ in range(depth):
        tree = raw.tree((FOLDER, name, tree))
    return tree


def multiplied(raw: RawRepository, entry: Entry, times: int = 10, levels: int = 9) -> str:
    """A tree that says ten times of ten trees of ten trees … that they hold an entry."""
    mode, _, oid = entry
    tree = raw.tree(*((mode, f"f{i}", oid) for i in range(times)))
    for _ in range(levels):
        tree = raw.tree(*((FOLDER, f"d{i}", tree) for i in range(times)))
    return tree


def packet(data: bytes) -> bytes:
    """A line of git's protocol (gitprotocol-common: four digits of length, then data)."""
    return b"%04x%s" % (len(data) + 4, data)


def pack_start(objects: int) -> bytes:
    """How a pack begins (gitformat-pack)."""
    return b"PACK" + struct.pack(">LL", 2, objects)


def pack_entry(kind: int, size: int, data: bytes) -> bytes:
    """What stands before an object of a pack, and the object."""
    first, size = (kind << 4) | (size & 15), size >> 4
    head = bytearray()
    while size:
        head.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    return bytes([*head, first]) + data


def delta_bomb(base: bytes, copies: int) -> bytes:
    """A delta that makes an object many times as large as what it is based on.

    Args:
        base: What it is based on, less than 16 MiB.
        copies: How often it stands in the object.
    """
    whole = len(base)
    copy = bytes([0b1111_0000, whole & 0xFF, whole >> 8 & 0xFF, whole >> 16])
    return _varint(whole) + _varint(whole * copies) + copy * copies


def deflated(data: bytes) -> bytes:
    return zlib.compress(data, 9)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
