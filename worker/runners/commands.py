"""A command-line project as the runners see it: does what its harness asks for in a pod.

Each check begins with nothing left of the one before it. Usually the broker sees to that, in a
millisecond; where a program has changed files beside its code, or the container has ended, the
next check gets a container of its own.
"""

from __future__ import annotations

import errno
import os
import signal
import time

from grader.domain.commands import (
    Begin,
    CommandFile,
    CommandOp,
    CommandReply,
    Feed,
    Files,
    Put,
    Read,
    Signal,
    Start,
)
from grader.domain.events import NotReady
from grader.domain.report import Note
from grader.domain.scoring import Ending
from grader.errors import PlatformError
from worker.runners.target import AppPod
from worker.sandbox.app import AppSpec
from worker.sandbox.broker import Broker, BrokerGone, Ended, NotStarted
from worker.sandbox.command_app import SANDBOX_MB, WORK, Program
from worker.sandbox.pod import Pod

# What the engine takes to say how a container ended.
SETTLE_S = 2.0


class CommandPod(AppPod):
    """A command-line project in a pod of ours.

    Args:
        pod: Where it runs; opened for commands.
        spec: What was built.

    Raises:
        SubmissionError: ``start.…`` if the image cannot be used.
    """

    def __init__(self, pod: Pod, spec: AppSpec) -> None:
        super().__init__(pod)
        self._spec = spec
        self._folder = WORK
        self._spoilt = False
        self._broker: Broker
        self._program: Program
        self._start()

    def _start(self) -> None:
        self._broker, self._program = self._pod.start_commands(self._spec)
        try:
            self._broker.fresh(self._program.folder)
        except BrokerGone:
            raise self._pod.explain_broker() from None
        self._spoilt = False

    def serve(self, op: CommandOp) -> CommandReply:
        """Do one thing.

        Raises:
            PlatformError: If the engine or the broker failed; never for what a program did.
        """
        try:
            return self._serve(op)
        except BrokerGone:
            self._spoilt = True
            return CommandReply(program=self._shown, limit=self._why_gone())

    def _serve(self, op: CommandOp) -> CommandReply:
        match op:
            case Begin():
                self._begin(op)
            case Start():
                return self._run(op)
            case Feed():
                self._broker.feed(op.handle, op.text.encode("utf-8", "replace"))
                if op.end_stdin:
                    self._broker.end_input(op.handle)
            case Read():
                return self._read(op)
            case Signal():
                self._broker.signal(op.handle, signal.Signals[f"SIG{op.name}"])
            case Files():
                return self._files()
            case Put():
                content = op.text.encode("utf-8", "replace")
                number = self._broker.put(f"{self._folder}/{op.name}", content)
                return CommandReply(failure=os.strerror(number) if number else "")
        return CommandReply(program=self._shown)

    def _begin(self, op: Begin) -> None:
        self._folder = self._program.folder if op.beside_code else WORK
        if self._spoilt or not self._broker.fresh(self._program.folder):
            self._start()

    def _run(self, op: Start) -> CommandReply:
        environment = {**self._program.environment, "PWD": self._folder, **op.environment}
        folders = (self._program.folder, self._folder)
        try:
            handle = self._broker.start(
                self._program.words, op.args, environment, folders, terminal=op.terminal
            )
        except NotStarted as error:
            return CommandReply(program=self._shown, failure=self._why_not(error.number))
        self._broker.feed(handle, op.stdin.encode("utf-8", "replace"))
        if op.end_stdin:
            self._broker.end_input(handle)
        return CommandReply(program=self._shown, handle=handle)

    def _read(self, op: Read) -> CommandReply:
        seen = self._broker.read(op.handle, op.timeout, op.quiet)
        ended = seen.ended
        return CommandReply(
            program=self._shown,
            handle=op.handle,
            stdout=seen.out.decode("utf-8", "replace"),
            stderr=seen.err.decode("utf-8", "replace"),
            ended=ended is not None,
            exit_code=ended.code if ended else None,
            signal=signal.Signals(ended.signal).name if ended and ended.signal else "",
            seconds=ended.seconds if ended else 0,
            limit=self._limit_met(ended) if ended else "",
        )

    def _files(self) -> CommandReply:
        beside_code = self._folder != WORK
        files = self._broker.files(self._folder, changed_only=beside_code)
        return CommandReply(
            files=tuple(
                CommandFile(name=f.name, size=f.size, text=f.content.decode("utf-8", "replace"))
                for f in sorted(files, key=lambda file: file.name)
            )
        )

    # -- words ------------------------------------------------------------------------------------

    @property
    def _shown(self) -> str:
        folder = f"{self._program.folder.rstrip('/')}/"
        return " ".join(word.removeprefix(folder) for word in self._program.words)

    def _limit_met(self, ended: Ended) -> str:
        if ended.flooded:
            return "it printed more than 256 KiB and was ended"
        if ended.signal == signal.SIGKILL and self._pod.app_status().memory_kills:
            return f"it needed more than its {self._pod.app_limits.memory_mb} MB of memory"
        if ended.full:
            return f"it filled the {SANDBOX_MB} MB of disk that it has"
        return ""

    def _why_gone(self) -> str:
        """The container ended in the middle: only a limit does that, or somebody of ours."""
        deadline = time.monotonic() + SETTLE_S
        while (status := self._pod.app_status()).running and time.monotonic() < deadline:
            time.sleep(0.02)
        if status.limit in ("disk", "files"):
            return f"it wrote more than the {status.limits.disk_mb} MB of disk that it has"
        if status.memory_kills:
            return f"it needed more than its {status.limits.memory_mb} MB of memory"
        raise PlatformError(
            "engine.failed", asked="run a command", cause=self._broker.stderr_tail or "it ended"
        )

    def _why_not(self, number: int) -> str:
        word = self._program.words[0]
        if number == errno.ENOENT:
            return f"`{word}` is not in the image"
        if number in (errno.EACCES, errno.EPERM):
            return f"`{word}` may not be executed"
        if number == errno.ENOEXEC:
            return f"`{word}` is no program: its first line does not say what runs it, as #! does"
        if number == errno.EAGAIN:
            return f"all of its {self._pod.app_limits.pids} processes are in use"
        return f"`{word}`: {os.strerror(number).lower()}"

    # -- what the runners ask ---------------------------------------------------------------------

    def restart_app(self) -> None:
        """Refuses: a command-line program is started for every command.

        Raises:
            PlatformError: Always.
        """
        raise PlatformError("engine.failed", asked="restart a program", cause="it is no server")

    async def explain_not_ready(self, seen: NotReady) -> Ending:
        raise NotImplementedError("there is no server to wait for")

    async def wait_for_end(self, seconds: float) -> None:
        """Its container may end and be replaced at any time: that decides nothing."""
        del seconds

    async def explain_end(self, *, answered: bool) -> Ending | None:
        """As above; what a limit ended stands in the check that met it."""
        del answered
        return None

    async def remarks(self) -> list[Note]:
        """Processes that the kernel ended for memory are told in the check that did."""
        return []
