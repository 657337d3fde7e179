"""The line to the worker, as far as commands need it."""

from __future__ import annotations

from typing import Protocol

from grader.domain.commands import CommandOp, CommandReply
from grader.domain.events import Reply
from harnesses.kit.failures import Undecidable


class Asks(Protocol):
    """What does as it is asked: the channel."""

    def ask(self, action: str, command: CommandOp | None = None) -> Reply: ...


class Line:
    """Has the worker do things with the learner's program.

    Args:
        channel: The line to the worker.
    """

    def __init__(self, channel: Asks) -> None:
        self._channel = channel

    def do(self, op: CommandOp) -> CommandReply:
        """Have one thing done.

        Raises:
            Undecidable: It could not be done for our own fault.
        """
        reply = self._channel.ask("command", op)
        if not reply.ok or reply.command is None:
            raise Undecidable(f"the program could not be called: {reply.detail}")
        return reply.command
