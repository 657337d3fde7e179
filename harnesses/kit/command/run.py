"""One call of a program and what came of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.domain.commands import CommandFile, CommandReply
from grader.domain.evidence import CommandRun, Turn
from grader.domain.text import clean

KEPT_CHARS = 4_000
KEPT_COMMAND = 2_000
KEPT_TURNS = 40

# What a runtime prints of an error that nobody caught, by language.
TRACES = re.compile(
    r"^Traceback \(most recent call last\)"
    r"|^\s+at .+\(.+:\d+:\d+\)$"
    r"|^Exception in thread \""
    r"|^panic: |^goroutine \d+ \["
    r"|^thread '.*' panicked at"
    r"|^Unhandled exception\. |^Unhandled Exception:"
    r"|^PHP Fatal error: |^Fatal error: Uncaught "
    r"|Segmentation fault|core dumped"
    r"|^\S+:\d+:in [`'].*(Error|Exception)\)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Run:
    """A program that was called, and ended or was ended.

    Attributes:
        program: As a person calls it.
        args: What it was called with.
        stdin: What it was sent.
        stdout: What it printed, without colours.
        stderr: What it printed to standard error, without colours.
        exit_code: None where it did not end by itself.
        seconds: How long it ran.
        error: Why it did not end by itself; empty if it did.
        before: The files of its working directory when it was called, by name.
        files: The same afterwards.
    """

    program: str
    args: tuple[str, ...]
    stdin: str = ""
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    seconds: float = 0.0
    error: str = ""
    before: Mapping[str, CommandFile] = field(default_factory=dict)
    files: Mapping[str, CommandFile] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()

    @property
    def text(self) -> str:
        """All that it printed: what it says may stand on either stream."""
        return f"{self.stdout}\n{self.stderr}" if self.stderr else self.stdout

    @property
    def crashed(self) -> str:
        """The line of an error that nobody caught; empty if there is none."""
        found = TRACES.search(self.text)
        return found.group().strip() if found else ""

    @property
    def call(self) -> str:
        """The call in a few words, such as ``python task.py add Milk``."""
        return clean(shown_command(self.program, self.args), 200)

    @property
    def evidence(self) -> CommandRun:
        """As the report shows it."""
        return CommandRun(
            command=clean(shown_command(self.program, self.args, self.stdin), KEPT_COMMAND),
            stdin=clean(self.stdin, KEPT_CHARS),
            exit_code=self.exit_code,
            stdout=clean(self.stdout, KEPT_CHARS),
            stderr=clean(self.stderr, KEPT_CHARS),
            transcript=_shown_turns(self.turns),
            truncated=max(len(self.stdout), len(self.stderr)) > KEPT_CHARS,
            error=clean(self.error, 300) or None,
            elapsed_ms=round(self.seconds * 1000, 1),
        )


def shown_command(program: str, args: Sequence[str], stdin: str = "") -> str:
    """A command line to paste."""
    line = " ".join([program, *(shlex.quote(arg) for arg in args)])
    return f"printf %s {shlex.quote(stdin)} | {line}" if stdin else line


def why_ended(reply: CommandReply, timeout: float) -> str:
    """Why a program did not end by itself; empty if it did."""
    if reply.failure:
        return f"it could not be started: {reply.failure}"
    if reply.limit:
        return reply.limit
    if not reply.ended:
        return f"it still ran after {timeout:g} s"
    return f"{reply.signal} ended it" if reply.signal else ""


def plain(text: str) -> str:
    """What a program printed, as a person sees it: no colours, no control characters."""
    return clean(text, max(len(text), 1))


def _shown_turns(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    kept = turns if len(turns) <= KEPT_TURNS else (*turns[: KEPT_TURNS // 2], *turns[-20:])
    return tuple(Turn(by=turn.by, text=clean(turn.text, 1_000)) for turn in kept)
