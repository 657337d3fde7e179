"""The line to the driver: JSON, a line each, from a process that belongs to the learner.

Whatever stands on it is the word of a stranger: bounded, checked, and never more than data.
"""

from __future__ import annotations

import json
import socket
import time
from typing import Any

from harnesses.kit.failures import Undecidable

MAX_LINE = 1 << 20
CONNECT_S = 10.0
STRANGERS = 16
Message = dict[str, Any]


class LineFailure(Exception):  # noqa: N818 - says what happened
    """The line to the driver is of no more use; the subclasses say why."""


class Silent(LineFailure):
    """Nothing came in time."""


class HungUp(LineFailure):
    """The process at the other end has closed it, or ended."""


class Garbled(LineFailure):
    """What came is none of the driver's words."""


class Wire:
    """One connection.

    Args:
        connection: Connected already.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._waiting = b""

    def send(self, message: Message) -> None:
        """Say something.

        Raises:
            Silent: The other side takes nothing in.
            HungUp: There is no other side.
        """
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except TimeoutError:
            raise Silent from None
        except OSError:
            raise HungUp from None

    def receive(self, deadline: float) -> Message:
        """What the other side says next, before a moment of the monotonic clock.

        Raises:
            Silent, HungUp, Garbled: As their names say.
        """
        while b"\n" not in self._waiting:
            if len(self._waiting) > MAX_LINE:
                raise Garbled
            left = deadline - time.monotonic()
            if left <= 0:
                raise Silent
            self._socket.settimeout(left)
            try:
                piece = self._socket.recv(65536)
            except TimeoutError:
                raise Silent from None
            except OSError:
                raise HungUp from None
            if not piece:
                raise HungUp
            self._waiting += piece
        line, _, self._waiting = self._waiting.partition(b"\n")
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            raise Garbled from None
        if not isinstance(message, dict):
            raise Garbled
        return message

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class Door:
    """Where drivers connect to: a port of the pod's loopback."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=STRANGERS)

    @property
    def port(self) -> int:
        """What a driver has to be told."""
        return int(self._socket.getsockname()[1])

    def admit(self, token: str, seconds: float = CONNECT_S) -> Wire:
        """The next connection that says the token; others are turned away.

        Raises:
            Silent: None came in time.
        """
        deadline = time.monotonic() + seconds
        for _ in range(STRANGERS):
            self._socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                connection, _address = self._socket.accept()
            except TimeoutError:
                break
            wire = Wire(connection)
            try:
                if wire.receive(deadline).get("hello") == token:
                    return wire
            except LineFailure:
                pass
            wire.close()
        raise Silent

    def close(self) -> None:
        """Turn everybody away."""
        self._socket.close()


def must(condition: bool) -> None:
    """A part of a message is as it has to be.

    Raises:
        Garbled: It is not.
    """
    if not condition:
        raise Garbled


def ours(what: str) -> Undecidable:
    """What cannot be the learner's doing."""
    return Undecidable(f"the driver could not be started: {what}")
