"""The fixture ``cli``: the learner's program, called as a person calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from grader.domain.commands import Begin, CommandFile, CommandReply, Files, Put, Read, Signal, Start
from grader.domain.evidence import CommandRun
from harnesses.kit.command.line import Line
from harnesses.kit.command.run import Run, plain, why_ended
from harnesses.kit.command.session import Session
from harnesses.kit.failures import CheckFailed, Undecidable

TIMEOUT_S = 10.0


@dataclass
class Habits:
    """What was learnt of a program in one check and holds for all that follow.

    Attributes:
        beside_code: It keeps its files in the folder of its code, so it is called there; None:
            nobody has looked yet.
    """

    beside_code: bool | None = None


class Cli:
    """A program in a working directory that this check has to itself.

    Args:
        line: The line to the worker.
        habits: What is known of the program; shared by all checks.
        note: Told of a departure from the brief that costs nothing.
    """

    def __init__(self, line: Line, habits: Habits, note: Callable[[str], None]) -> None:
        self._line = line
        self._habits = habits
        self._note = note
        self._runs: list[Run] = []
        self._sessions: list[Session] = []
        self._files: Mapping[str, CommandFile] = {}

    @property
    def evidence(self) -> list[CommandRun]:
        """What was called so far, in order."""
        runs = [run.evidence for run in self._runs]
        return runs + [session.run.evidence for session in self._sessions]

    def begin(self) -> None:
        """Begin anew, with nothing left of what was done before."""
        self._line.do(Begin(beside_code=bool(self._habits.beside_code)))
        self._files = {}

    @property
    def beside_code(self) -> bool | None:
        """Whether it is called in the folder of its code; None before anybody has looked."""
        return self._habits.beside_code

    def work(self, *, beside_code: bool) -> None:
        """From now on, in this check and all that follow, call the program in the folder of its
        code, or in an empty one; begins anew.

        The former is for a program that keeps its files there, wherever it is called.
        """
        self._habits.beside_code = beside_code
        self.begin()

    def assume(self, text: str) -> None:
        """Tell the learner of a departure from the brief that costs nothing, in a sentence."""
        self._note(text)

    def run(
        self,
        *args: str,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT_S,
    ) -> Run:
        """Call the program and wait until it ends.

        Args:
            args: Its arguments.
            stdin: What it reads; then its input ends.
            env: Further variables of its environment.
            timeout: Seconds after which it is ended; a passing check never comes near.

        Returns:
            What came of it; look at ``error`` or use ``expect(run).ends()``.

        Raises:
            CheckFailed: It could not be started at all.
            Undecidable: For our own fault.
        """
        begun = self._line.do(Start(args=args, stdin=stdin, environment=dict(env or {})))
        run = Run(begun.program, args, stdin, before=self._files)
        if begun.failure or begun.limit:
            self._stop(run, begun)
        seen = self._line.do(Read(handle=begun.handle, timeout=timeout))
        if not seen.ended and not seen.limit:
            self._line.do(Signal(handle=begun.handle, name="KILL"))
            last = self._line.do(Read(handle=begun.handle, timeout=5))
            seen = seen.model_copy(
                update={"stdout": seen.stdout + last.stdout, "stderr": seen.stderr + last.stderr}
            )
        run = replace(
            run,
            stdout=plain(seen.stdout),
            stderr=plain(seen.stderr),
            exit_code=seen.exit_code,
            seconds=seen.seconds,
            error=why_ended(seen, timeout),
            files=self.files(),
        )
        self._runs.append(run)
        return run

    def start(
        self, *args: str, env: Mapping[str, str] | None = None, terminal: bool = False
    ) -> Session:
        """Start the program and go on while it runs.

        Args:
            args: Its arguments.
            env: Further variables of its environment.
            terminal: Let it talk to a terminal instead of pipes.

        Raises:
            CheckFailed: It could not be started at all.
            Undecidable: For our own fault.
        """
        op = Start(args=args, end_stdin=False, terminal=terminal, environment=dict(env or {}))
        begun = self._line.do(op)
        if begun.failure or begun.limit:
            self._stop(Run(begun.program, args), begun)
        session = Session(self._line, begun.program, args, begun.handle)
        self._sessions.append(session)
        return session

    def files(self) -> Mapping[str, CommandFile]:
        """The files of the working directory now, by name."""
        self._files = {file.name: file for file in self._line.do(Files()).files}
        return self._files

    def write(self, name: str, text: str) -> None:
        """Write a file of the working directory.

        Raises:
            Undecidable: It cannot be written.
        """
        failure = self._line.do(Put(name=name, text=text)).failure
        if failure:
            raise Undecidable(f"{name} could not be written: {failure}")
        self.files()

    def _stop(self, run: Run, reply: CommandReply) -> None:
        run = replace(run, error=why_ended(reply, 0))
        self._runs.append(run)
        raise CheckFailed(
            f"`{run.program}` could not be called",
            expected="the program starts",
            actual=run.error,
            exchange=run.evidence,
        )
