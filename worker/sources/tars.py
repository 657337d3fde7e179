"""Reads tar archives as a stream, member by member."""

from __future__ import annotations

import bz2
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol, cast

from grader.errors import SubmissionError
from worker.sources.builder import TreeBuilder
from worker.sources.deadline import Deadline
from worker.sources.limits import MIB
from worker.sources.names import shown

_CHUNK = 256 * 1024
# What tarfile may read to make up one header: long names and attributes are held in memory.
_HEADER_BYTES = MIB
# What is left out (node_modules, .git) has to be passed over all the same.
_PASSED_OVER = 4
_MAX_RATIO = 200
_RATIO_FREE_BYTES = 10 * MIB
# xz -9 needs 65 MiB.
_XZ_MEMORY = 96 * MIB
_WINDOW_GZIP = 31
_BROKEN = (tarfile.TarError, ValueError, OverflowError, RecursionError, EOFError)


def read_tar(file: BinaryIO, compression: str, builder: TreeBuilder, deadline: Deadline) -> None:
    """Hand all members to a builder.

    Args:
        file: The archive, read once from start to end.
        compression: ``gz``, ``bz2``, ``xz`` or ``""``.
        builder: Judges and keeps them.
        deadline: Ends it.

    Raises:
        SubmissionError: ``source.archive_broken``, ``source.archive_bomb``,
            ``source.archive_member``, and as the builder raises.
    """
    stream = _Forward(_decompressed(file, compression, builder, deadline))
    try:
        with tarfile.open(
            fileobj=cast(BinaryIO, stream), mode="r:", errors="surrogateescape"
        ) as tar:
            for member in _members(tar, stream, builder):
                _take(tar, member, builder)
    except (_HeaderTooLargeError, *_BROKEN) as error:
        cause = shown(str(error)) or "a header in it is too large"
        raise SubmissionError("source.archive_broken", cause=cause) from error


def _members(
    tar: tarfile.TarFile, stream: _Forward, builder: TreeBuilder
) -> Iterator[tarfile.TarInfo]:
    seen = 0
    while True:
        stream.begin_header()
        member = tar.next()
        if member is None:
            return
        seen += 1
        if seen > builder.limits.max_files * 5:
            raise SubmissionError("source.too_many_files", limit=builder.limits.max_files)
        stream.begin_contents()
        yield member
        # tarfile remembers every member and every global attribute it ever saw.
        tar.members = []  # type: ignore[attr-defined]
        tar.pax_headers = {}


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, builder: TreeBuilder) -> None:
    name = member.name
    while name.startswith("./"):
        name = name[2:].lstrip("/")
    if member.isdir():
        if name not in ("", "."):
            builder.check_name(name)
        return
    if not builder.accept(name):
        return
    if member.issym():
        builder.add_link(name, member.linkname, refuse_outside=True)
        return
    contents = tar.extractfile(member) if member.type in tarfile.REGULAR_TYPES else None
    if contents is None or member.issparse():
        raise SubmissionError("source.archive_member", name=shown(name))
    builder.announce(member.size)
    content = builder.spool(iter(lambda: contents.read(_CHUNK), b""))
    if content.size != member.size:
        raise SubmissionError("source.archive_broken", cause=f"“{shown(name)}” is cut off")
    builder.add_file(name, content, executable=bool(member.mode & 0o111))


class _Decompressor(Protocol):
    """What the decompressors of bz2 and lzma share."""

    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """zlib's decompressor with the interface of the other two."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_WINDOW_GZIP)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _new(compression: str) -> _Decompressor:
    if compression == "gz":
        return cast(_Decompressor, _Gzip())
    if compression == "bz2":
        return cast(_Decompressor, bz2.BZ2Decompressor())
    return cast(_Decompressor, lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY))


def _decompressed(
    file: BinaryIO, compression: str, builder: TreeBuilder, deadline: Deadline
) -> Iterator[bytes]:
    """The tar itself, in pieces that are never larger than a chunk."""
    most = builder.limits.max_bytes * _PASSED_OVER
    done = 0
    chunks = _raw(file) if not compression else _inflated(file, compression)
    for read, chunk in chunks:
        deadline.left()
        done += len(chunk)
        if done > max(_RATIO_FREE_BYTES, read * _MAX_RATIO):
            raise SubmissionError("source.archive_bomb")
        if done > most:
            builder.announce(done)
        yield chunk


def _raw(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    read = 0
    while chunk := file.read(_CHUNK):
        read += len(chunk)
        yield read, chunk


def _inflated(file: BinaryIO, compression: str) -> Iterator[tuple[int, bytes]]:
    """Decompress; an archive may be several compressed streams in a row."""
    read = 0
    decompressor = _new(compression)
    data = b""
    ended = False
    try:
        while True:
            if decompressor.eof:
                data = decompressor.unused_data or file.read(_CHUNK)
                read += 0 if decompressor.unused_data else len(data)
                if not data.strip(b"\0"):
                    return
                decompressor = _new(compression)
            elif decompressor.needs_input and not data:
                data = file.read(_CHUNK)
                read += len(data)
                ended = not data
            chunk = decompressor.decompress(data, _CHUNK)
            data = b""
            if ended and not chunk and not decompressor.eof:
                raise EOFError("the compressed data end too early")
            if chunk:
                yield read, chunk
    except (zlib.error, lzma.LZMAError, OSError) as error:
        # OSError is how bz2 says that the data are not bzip2.
        raise EOFError(f"the compressed data are broken: {error}") from error


class _HeaderTooLargeError(Exception):
    pass


class _Forward:
    """A stream as the file that ``tarfile`` wants: sought forwards only.

    While a header is read there is a budget, since tarfile holds names, attributes and maps of
    holes in memory, whatever sizes the archive states for them.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self._position = 0
        self._budget: int | None = None
        self.begin_header()

    def begin_header(self) -> None:
        self._budget = _HEADER_BYTES

    def begin_contents(self) -> None:
        self._budget = None

    def tell(self) -> int:
        return self._position

    def seek(self, position: int, whence: int = 0) -> int:
        if whence != 0 or position < self._position:
            raise ValueError("its members overlap")
        while self._position < position and self._fill():
            self._take(position - self._position)
        return self._position

    def read(self, size: int = -1) -> bytes:
        if self._budget is not None:
            if size < 0 or size > self._budget:
                raise _HeaderTooLargeError
            self._budget -= size
        parts: list[memoryview] = []
        while size > 0 and self._fill():
            part = self._take(size)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _fill(self) -> bool:
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        return bool(self._rest)

    def _take(self, size: int) -> memoryview:
        part, self._rest = self._rest[:size], self._rest[size:]
        self._position += len(part)
        return part
