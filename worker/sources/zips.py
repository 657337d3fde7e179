"""Reads zip archives, member by member."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, BinaryIO, cast

from grader.errors import SubmissionError
from worker.sources.builder import TreeBuilder
from worker.sources.limits import MIB
from worker.sources.names import shown

_CHUNK = 256 * 1024
_LOCAL_HEADER = b"PK\x03\x04"
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
# Room for an entry of the table of contents: 46 bytes, its name and its extra fields.
_TABLE_BYTES_PER_FILE = 256
# Text shrinks 20 times at most, zeroes 1000 times. Small archives may do what they like.
_MAX_RATIO = 200
_RATIO_FREE_BYTES = 10 * MIB
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_MAX_LINK = 4096
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OverflowError)


def read_zip(file: BinaryIO, builder: TreeBuilder) -> None:
    """Hand all members to a builder.

    Args:
        file: The archive; seekable.
        builder: Judges and keeps them.

    Raises:
        SubmissionError: ``source.archive_broken``, ``source.archive_encrypted``,
            ``source.archive_bomb``, ``source.archive_member``, ``source.too_many_files``, and as
            the builder raises.
    """
    if file.read(len(_LOCAL_HEADER)) != _LOCAL_HEADER:
        # A program or a picture may come before the first member; nobody's honest archive has it.
        raise SubmissionError("source.archive_broken", cause="it does not start with a member")
    guarded = _Guarded(file, max(MIB, builder.limits.max_files * _TABLE_BYTES_PER_FILE))
    try:
        with zipfile.ZipFile(cast(BinaryIO, guarded)) as archive:
            _check_table(archive, builder)
            for member in archive.infolist():
                _take(archive, member, builder)
    except _TooMuchAtOnceError as error:
        limit = builder.limits.max_files
        raise SubmissionError("source.too_many_files", limit=limit) from error
    except _BROKEN as error:
        raise SubmissionError("source.archive_broken", cause=shown(str(error))) from error


def _check_table(archive: zipfile.ZipFile, builder: TreeBuilder) -> None:
    """Refuse by the table of contents what need not be unpacked to be refused."""
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if unpacked > max(_RATIO_FREE_BYTES, packed * _MAX_RATIO):
        raise SubmissionError("source.archive_bomb")
    if len(members) > builder.limits.max_files * 5:
        raise SubmissionError("source.too_many_files", limit=builder.limits.max_files)
    # https://www.bamsoftware.com/hacks/zipbomb/: members that share their bytes.
    end = 0
    for member in members:
        if member.header_offset < end:
            raise SubmissionError("source.archive_bomb")
        end = member.header_offset + _LOCAL_HEADER_BYTES + member.compress_size
    if end > archive.start_dir:
        raise SubmissionError("source.archive_broken", cause="its members are cut off")


def _take(archive: zipfile.ZipFile, member: zipfile.ZipInfo, builder: TreeBuilder) -> None:
    name = _name(member)
    if name.endswith("/"):
        return _check_folder(name, builder)
    if not builder.accept(name):
        return None
    if member.flag_bits & _ENCRYPTED:
        raise SubmissionError("source.archive_encrypted", name=shown(name))
    if member.compress_type not in _METHODS:
        cause = f"“{shown(name)}” is compressed in a way that is not common (zip and deflate are)"
        raise SubmissionError("source.archive_broken", cause=cause)
    mode = member.external_attr >> 16
    with archive.open(member) as contents:
        if stat.S_ISLNK(mode):
            target = contents.read(_MAX_LINK).decode(errors="surrogateescape")
            builder.add_link(name, target, refuse_outside=True)
        elif stat.S_IFMT(mode) in (0, stat.S_IFREG):
            content = builder.spool(_chunks(contents))
            builder.add_file(name, content, executable=bool(mode & 0o111))
        else:
            raise SubmissionError("source.archive_member", name=shown(name))
    return None


def _check_folder(name: str, builder: TreeBuilder) -> None:
    """Judge the name of a folder like that of a file in it; keep nothing."""
    builder.check_name(name.rstrip("/") or name)


def _name(member: zipfile.ZipInfo) -> str:
    # Not .filename, which ends at a NUL byte. Some tools write UTF-8 and do not say so.
    name = member.orig_filename
    if not member.flag_bits & _UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name


def _chunks(contents: IO[bytes]) -> Iterator[bytes]:
    while chunk := contents.read(_CHUNK):
        yield chunk


class _TooMuchAtOnceError(Exception):
    pass


class _Guarded:
    """A file that refuses to hand out very much at once.

    ``zipfile`` reads the table of contents in one go and makes objects of it: its size is what
    bounds the memory, and it is known only in there.
    """

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most
        self.seek = file.seek
        self.tell = file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise _TooMuchAtOnceError
        if size < 0:
            size = self._most
        return self._file.read(size)
