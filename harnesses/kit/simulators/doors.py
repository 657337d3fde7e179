"""Where the simulators listen, and who is let in."""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import h11

from harnesses.kit.simulators.conversation import REQUEST_S, Conversation
from harnesses.kit.simulators.stage import Stage

MAX_CONNECTIONS = 48
"""At a time. Whoever opens more is the learner's program, and finds the further ones closed."""
BACKLOG = 64


@dataclass(frozen=True)
class Endpoint:
    """Where a host is to be found."""

    host: str
    address: str
    port: int
    secure: bool


class Doors:
    """The listening sockets: HTTP/1.1, plain and over TLS, one request a connection.

    Args:
        stage: Who answers.
        context: The server's side of TLS.
    """

    def __init__(self, stage: Stage, context: ssl.SSLContext) -> None:
        self._stage = stage
        self._context = context
        self._doors: dict[Endpoint, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        threading.Thread(target=self._accept, name="doors", daemon=True).start()

    def open(self, endpoint: Endpoint) -> int:
        """Listen; returns the port.

        Raises:
            OSError: If the address is taken.
        """
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            door.setblocking(False)
            door.bind((endpoint.address, endpoint.port))
            _listen(door)
        except OSError:
            door.close()
            raise
        self._doors[endpoint] = door
        self._selector.register(door, selectors.EVENT_READ, endpoint)
        return int(door.getsockname()[1])

    def refuse(self, host: str, *, refuses: bool) -> None:
        """Refuse connections to a host, or accept them again; its ports stay taken."""
        for endpoint, door in self._doors.items():
            listens = door in self._selector.get_map()
            if endpoint.host == host and refuses and listens:
                self._selector.unregister(door)
                _close(door)
            elif endpoint.host == host and not refuses and not listens:
                _listen(door)
                self._selector.register(door, selectors.EVENT_READ, endpoint)

    def hang_up(self) -> None:
        """End all conversations that go on."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    # Not the method of TLS, which is none for two threads at a time.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            for key, _ in self._selector.select():
                assert isinstance(key.fileobj, socket.socket)
                with contextlib.suppress(OSError):
                    self._welcome(key.fileobj.accept()[0], key.data)

    def _welcome(self, connection: socket.socket, endpoint: Endpoint) -> None:
        if not self._places.acquire(blocking=False):
            connection.close()
            return
        threading.Thread(target=self._serve, args=(connection, endpoint), daemon=True).start()

    def _serve(self, connection: socket.socket, endpoint: Endpoint) -> None:
        try:
            connection.settimeout(REQUEST_S)
            line = self._secured(connection) if endpoint.secure else connection
            with line, self._listed(line):
                conversation = Conversation(line)
                scheme = "https" if endpoint.secure else "http"
                if request := conversation.request(scheme, endpoint.host):
                    conversation.answer(self._stage.take(request))
        except (OSError, ValueError, h11.ProtocolError):
            pass  # it left, or spoke no HTTP: there is nobody to tell
        finally:
            connection.close()
            self._places.release()

    def _secured(self, connection: socket.socket) -> ssl.SSLSocket:
        with self._listed(connection):
            return self._context.wrap_socket(connection, server_side=True)

    @contextlib.contextmanager
    def _listed(self, connection: socket.socket) -> Iterator[None]:
        """While it lasts :meth:`hang_up` ends it."""
        with self._lock:
            self._open.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(connection)


def _listen(door: socket.socket) -> None:
    """Listen; conversations of before may still be ending at this port."""
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.listen(BACKLOG)


def _close(door: socket.socket) -> None:
    """Listen no more, and stay bound, so that nobody else can take the place."""
    door.shutdown(socket.SHUT_RDWR)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
