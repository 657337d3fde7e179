"""The engine's stream framing, and lines in it. Pure: bytes in, frames and lines out.

An attached container's output comes as frames of an eight-byte header (stream number, three
zeros, length) and a payload; see "Attach to a container" in the Docker Engine API.
"""

from __future__ import annotations

from collections.abc import Iterator

HEADER_BYTES = 8
STDOUT = 1
STDERR = 2


class StreamError(ValueError):
    """What came is not what the protocol says."""


class Demultiplexer:
    """Splits the engine's frames by stream; holds no more than it was fed."""

    def __init__(self) -> None:
        self._header = b""
        self._stream = 0
        self._left = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The pieces of output in ``data``, each with the number of its stream.

        Raises:
            StreamError: If a header is none.
        """
        position = 0
        while position < len(data):
            if self._left:
                piece = data[position : position + self._left]
                self._left -= len(piece)
                position += len(piece)
                yield self._stream, piece
            else:
                missing = HEADER_BYTES - len(self._header)
                self._header += data[position : position + missing]
                position += missing
                if len(self._header) == HEADER_BYTES:
                    self._begin_frame()

    def _begin_frame(self) -> None:
        stream, zeros, length = self._header[0], self._header[1:4], self._header[4:]
        if stream not in (STDOUT, STDERR) or zeros != b"\0\0\0":
            raise StreamError(f"no frame header: {self._header!r}")
        self._stream = stream
        self._left = int.from_bytes(length, "big")
        self._header = b""


class LineSplitter:
    """Joins pieces to lines, each at most ``max_bytes`` long without its newline."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._partial = bytearray()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The lines that ``piece`` completes.

        Raises:
            StreamError: If a line is too long; what came of it is dropped.
        """
        start = 0
        while (end := piece.find(b"\n", start)) >= 0:
            yield self._complete(piece[start:end])
            start = end + 1
        self._append(piece[start:])

    def _complete(self, rest: bytes) -> bytes:
        self._append(rest)
        line = bytes(self._partial)
        self._partial.clear()
        return line

    def _append(self, rest: bytes) -> None:
        if len(self._partial) + len(rest) > self._max_bytes:
            self._partial.clear()
            raise StreamError(f"a line is longer than {self._max_bytes} bytes")
        self._partial += rest


class Tail:
    """The last ``max_bytes`` of what it was fed."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept = bytearray()

    def feed(self, piece: bytes) -> None:
        self._kept += piece
        del self._kept[: -self._max_bytes]

    def text(self) -> str:
        return self._kept.decode("utf-8", "replace")
