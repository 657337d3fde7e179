"""A socket on a container's standard streams."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from typing import Any

CHUNK_BYTES = 64 * 1024
# A harness that does not read its commands for so long is stuck.
SEND_TIMEOUT_S = 30


class Wire:
    """Reads with a time-out and writes, from different threads if need be.

    Args:
        attached: What docker-py's ``attach_socket`` returns: a socket or a file around one.
    """

    def __init__(self, attached: Any) -> None:
        # The file is kept as well: the client closes the connection when it is collected.
        self._attached = attached
        self._socket: socket.socket = getattr(attached, "_sock", attached)
        self._socket.settimeout(None)
        timeout = struct.pack("ll", SEND_TIMEOUT_S, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeout)
        self._reading = threading.Lock()
        self._closed = False
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def read(self, timeout: float) -> bytes:
        """What has come; empty when either end has closed.

        Raises:
            TimeoutError: Nothing came in ``timeout`` seconds.
        """
        with self._reading:
            if self._closed:
                return b""
            try:
                # TLS may hold bytes that the poll does not see.
                pending = getattr(self._socket, "pending", int)()
                if not pending and not self._poll.poll(max(0.0, timeout) * 1000):
                    raise TimeoutError
                return self._socket.recv(CHUNK_BYTES)
            except TimeoutError:
                raise
            except OSError:
                return b""

    def write(self, data: bytes) -> None:
        """Write all of ``data``.

        Raises:
            OSError: The other end has gone, or does not read.
        """
        self._socket.sendall(data)

    def close(self) -> None:
        """Close both directions; the container's standard input ends, and so does a read."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with self._reading, contextlib.suppress(OSError):
            self._closed = True
            for part in (getattr(self._attached, "_response", None), self._attached, self._socket):
                if part is not None:
                    part.close()
