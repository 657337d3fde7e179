"""A program that runs while the check goes on: a conversation, a server, a client.

When a program waits for input nobody says so. What it prints then ends without a newline (a
prompt), most often with a sign of asking; a short silence after that is enough. Otherwise a longer
one is. Both are waited for, so that a program may think, or print slowly.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Literal

from grader.domain.commands import CommandReply, Feed, Read, Signal
from grader.domain.evidence import Turn
from harnesses.kit.command.line import Line
from harnesses.kit.command.run import Run, plain, why_ended

PROMPT_QUIET_S = 0.03
QUIET_S = 0.5
# When it has said nothing at all yet: it may have to start first.
SILENT_S = 2.0
TIMEOUT_S = 10.0
_PROMPT = re.compile(r"[:?>)\]»›#$%=-][ \t]*\Z")


class Session:
    """A running program. Made by :meth:`harnesses.kit.command.cli.Cli.start`.

    Attributes:
        turns: The conversation so far.
    """

    def __init__(self, line: Line, program: str, args: tuple[str, ...], handle: int) -> None:
        self._line = line
        self._program, self._args, self._handle = program, args, handle
        self._started = time.monotonic()
        self._last = CommandReply()
        self._errors = ""
        self._stopped = False
        self.turns: list[Turn] = []

    @property
    def ended(self) -> bool:
        """Whether the program had ended at the last look."""
        return self._last.ended or bool(self._last.limit)

    @property
    def text(self) -> str:
        """All that it printed so far."""
        return "".join(turn.text for turn in self.turns if turn.by == "program")

    @property
    def run(self) -> Run:
        """The conversation as a call, for expectations and evidence."""
        ran = self._last.seconds or time.monotonic() - self._started
        over = self._last.ended or self._last.limit
        return Run(
            self._program,
            self._args,
            stdout=self.text,
            stderr=self._errors,
            exit_code=self._last.exit_code,
            seconds=ran,
            error=why_ended(self._last, ran) if over and not self._stopped else "",
            turns=tuple(self.turns),
        )

    def read(self, until: Callable[[str], bool] | None = None, timeout: float = TIMEOUT_S) -> str:
        """What the program says until it is the user's turn, or it ends.

        Args:
            until: Whether that is all that is waited for; by default a prompt tells. Silence ends
                it in any case.
            timeout: Seconds at most.
        """
        heard = ""
        last = began = time.monotonic()
        while not self.ended and (now := time.monotonic()) - began < timeout:
            if now - last >= (QUIET_S if heard else SILENT_S):
                break
            if piece := self._look(timeout - (now - began), PROMPT_QUIET_S):
                heard += piece
                last = time.monotonic()
            if heard and (until(heard) if until else _PROMPT.search(heard)):
                break
        return heard

    def send(self, text: str) -> None:
        """Type a line."""
        self._say("user", f"{text}\n")
        self._line.do(Feed(handle=self._handle, text=f"{text}\n"))

    def end_input(self) -> None:
        """Type the sign for “no more input” (control and D)."""
        self._line.do(Feed(handle=self._handle, end_stdin=True))

    def signal(self, name: Literal["INT", "TERM", "KILL", "HUP", "USR1"]) -> None:
        """Send it a signal."""
        self._stopped = True
        self._line.do(Signal(handle=self._handle, name=name))

    def wait(self, timeout: float = TIMEOUT_S) -> Run:
        """Wait until it ends; ``error`` of what comes back says if it did not."""
        if not self.ended:
            self._look(timeout, None)
        run = self.run
        if not self.ended:
            return Run(**{**vars(run), "error": f"it still ran after {timeout:g} s"})
        return run

    def _look(self, timeout: float, quiet: float | None) -> str:
        seen = self._line.do(Read(handle=self._handle, timeout=timeout, quiet=quiet))
        self._last = seen
        self._errors += plain(seen.stderr)
        piece = plain(seen.stdout)
        if piece:
            self._say("program", piece)
        return piece

    def _say(self, by: Literal["program", "user"], text: str) -> None:
        if self.turns and self.turns[-1].by == by:
            self.turns[-1] = Turn(by=by, text=self.turns[-1].text + text)
        else:
            self.turns.append(Turn(by=by, text=text))
