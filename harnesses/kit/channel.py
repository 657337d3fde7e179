"""The harness's end of the line to the worker: events out, commands in.

Standard output belongs to the protocol alone: whatever else prints there would be read as events.
:func:`open_channel` therefore keeps the real standard output for itself and sends everybody
else's prints to standard error.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
from typing import BinaryIO

from grader.domain.commands import CommandOp
from grader.domain.events import COMMANDS, MAX_LINE_BYTES, Command, Event, Reply, Request, Setup


class ChannelClosed(Exception):  # noqa: N818 - says what happened
    """The worker went away."""


class Channel:
    """A line-based connection to the worker, safe to write to from several threads."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source = source
        self._sink = sink
        self._write_lock = threading.Lock()
        self._request_lock = threading.Lock()
        self._request_ids = itertools.count(1)

    def send(self, event: Event) -> None:
        """Write one event; it is on its way when this returns.

        Raises:
            ValueError: If the event is longer than a line may be.
        """
        line = event.model_dump_json().encode("utf-8", "replace") + b"\n"
        if len(line) > MAX_LINE_BYTES:
            raise ValueError(f"an event of {len(line)} bytes is over {MAX_LINE_BYTES}")
        with self._write_lock:
            self._sink.write(line)
            self._sink.flush()

    def receive(self) -> Command:
        """Wait for the next command.

        Raises:
            ChannelClosed: If the worker closed the line.
            pydantic.ValidationError: If the line is no command.
        """
        line = self._source.readline(MAX_LINE_BYTES * 8)
        if not line:
            raise ChannelClosed
        return COMMANDS.validate_json(line)

    def receive_setup(self) -> Setup:
        """Wait for the first command.

        Raises:
            ValueError: If it is another one than ``setup``.
        """
        command = self.receive()
        if not isinstance(command, Setup):
            raise ValueError(f"expected a setup command, got {command.type!r}")
        return command

    def ask(self, action: str, command: CommandOp | None = None) -> Reply:
        """Have the worker do something and wait until it is done.

        Args:
            action: One of the actions of :class:`grader.domain.events.Request`.
            command: What to do with a command-line program, where that is the action.

        Raises:
            ChannelClosed: If the worker went away.
            ValueError: If it sent something else than the reply.
        """
        with self._request_lock:
            request = Request.model_validate(
                {"id": next(self._request_ids), "action": action, "command": command}
            )
            self.send(request)
            reply = self.receive()
        if not isinstance(reply, Reply) or reply.id != request.id:
            raise ValueError(f"expected the reply to request {request.id}, got {reply!r}")
        return reply


def open_channel() -> Channel:
    """Take standard input and output for the protocol; later prints go to standard error."""
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    source = os.fdopen(os.dup(0), "rb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return Channel(source, sink)
