"""A way to the engine that stops in the middle of a build's upload."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

PIECE = 65536
ENGINE = "/var/run/docker.sock"


class HalfAnUpload:
    """Hands on what a client and the engine say, until so much of one upload has passed.

    Args:
        address: Where it listens: the path of a socket.
        stop_at: Bytes of the upload that are handed on.
    """

    def __init__(self, address: Path, stop_at: int) -> None:
        self.reached = threading.Event()
        self._stop_at = stop_at
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(address))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End every connection, as the kernel does when a process dies."""
        for one in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(ENGINE)
                self._open += [client, engine]
                threading.Thread(target=self._upload, args=(client, engine), daemon=True).start()
                threading.Thread(target=self._download, args=(client, engine), daemon=True).start()

    def _upload(self, client: socket.socket, engine: socket.socket) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while piece := client.recv(PIECE):
                passed += len(piece)
                if passed > self._stop_at:
                    self.reached.set()
                    return
                engine.sendall(piece)
            engine.shutdown(socket.SHUT_WR)

    def _download(self, client: socket.socket, engine: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := engine.recv(PIECE):
                client.sendall(piece)


@contextlib.contextmanager
def half_an_upload(address: Path, stop_at: int) -> Iterator[HalfAnUpload]:
    """Such a way, for as long as the block lasts."""
    way = HalfAnUpload(address, stop_at)
    try:
        yield way
    finally:
        way.close()
