"""The broker's messages in a stream of bytes. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from worker.sandbox.stream import StreamError

# More than the broker ever says at once: what a folder holds comes in pieces as well.
MAX_FRAME_BYTES = 1024 * 1024
MAX_HEAD_BYTES = 256


class Frames:
    """Splits the broker's output into messages: words, and the bytes that follow them."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, piece: bytes) -> Iterator[tuple[list[str], bytes]]:
        """The messages that ``piece`` completes.

        Raises:
            StreamError: What came is none.
        """
        self._rest += piece
        while (end := self._rest.find(b"\n")) >= 0:
            words = self._rest[:end].decode("ascii", "replace").split()
            length = int(words[-1])
            if not 0 <= length <= MAX_FRAME_BYTES:
                raise StreamError(f"a message of {length} bytes")
            if len(self._rest) < end + 1 + length:
                return
            payload = bytes(self._rest[end + 1 : end + 1 + length])
            del self._rest[: end + 1 + length]
            yield words, payload
        if len(self._rest) > MAX_HEAD_BYTES:
            raise StreamError("no end of a line")
