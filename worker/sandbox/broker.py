"""The worker's end of the line to a broker: starts commands in a container and hears of them.

The protocol is described in ``worker/images/definitions/broker/broker.h``. A thread takes in what
the broker says; the methods block and may be called from one other thread at a time.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.errors import PlatformError
from worker.sandbox.broker_frames import Frames
from worker.sandbox.containers import Containers
from worker.sandbox.stream import STDERR, Demultiplexer, StreamError, Tail
from worker.sandbox.wire import Wire

ANSWER_S = 20.0
FLOOD, FULL = 1, 2
STDERR_BYTES = 4096


class BrokerGone(Exception):  # noqa: N818 - says what happened
    """The container has ended: it met a limit, or was removed."""


class NotStarted(Exception):  # noqa: N818 - as above
    """A command could not be started; carries the kernel's error number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended; ``code`` is None where a signal did it."""

    code: int | None
    signal: int
    seconds: float
    memory_kb: int
    flooded: bool
    full: bool


@dataclass(slots=True)
class Output:
    """What a command has printed since it was last asked."""

    out: bytearray = field(default_factory=bytearray)
    err: bytearray = field(default_factory=bytearray)
    ended: Ended | None = None
    heard: float = 0.0


@dataclass(frozen=True, slots=True)
class File:
    """A file of a folder: name, size, and the beginning of its content."""

    name: str
    size: int
    content: bytes


class Broker:
    """A broker in a container that was created and is started after this was made.

    Args:
        containers: The engine.
        container: The container.
    """

    def __init__(self, containers: Containers, container: str) -> None:
        self._wire = Wire(containers.attach(container))
        self._stderr = Tail(STDERR_BYTES)
        self._changed = threading.Condition()
        self._programs: dict[int, Output] = {}
        self._answers: list[tuple[list[str], bytes]] = []
        self._last_id = 0
        self._gone = False
        self._thread = threading.Thread(target=self._listen, name="broker", daemon=True)
        self._thread.start()

    @property
    def stderr_tail(self) -> str:
        """What it said when it could not go on."""
        return self._stderr.text()

    def fresh(self, code: str) -> bool:
        """End every command and make the folders anew.

        Args:
            code: The folder of the code.

        Returns:
            Whether nothing is left of what commands did: not if something could not be removed,
            or something in the folder of the code has changed since the last time.

        Raises:
            BrokerGone: The container has ended.
            PlatformError: ``engine.failed`` if no answer comes.
        """
        with self._changed:
            self._programs.clear()
        self._send("fresh", _text(code))
        words, _ = self._answer("done")
        return words[1] == words[2] == "0"

    def start(
        self,
        words: Sequence[str],
        args: Sequence[str],
        environment: Mapping[str, str],
        folders: tuple[str, str],
        *,
        terminal: bool,
    ) -> int:
        """Start a command.

        Args:
            words: The program; words of it that are files of the code's folder are found there.
            args: Its arguments.
            environment: All of it.
            folders: Of the code, and to run in.
            terminal: Give it a pseudo-terminal.

        Returns:
            A number for it.

        Raises:
            NotStarted: The kernel would not.
            BrokerGone, PlatformError: As in :meth:`fresh`.
        """
        self._last_id += 1
        settings = [f"{name}={value}" for name, value in environment.items()]
        payload = b"".join(_text(one) + b"\0" for one in (*folders, *words, *args, *settings))
        counts = f"{int(terminal)} {len(words)} {len(args)} {len(settings)}"
        with self._changed:
            self._programs[self._last_id] = Output(heard=time.monotonic())
        self._send(f"start {self._last_id} {counts}", payload)
        answer, _ = self._answer("started", "failed")
        if answer[0] == "failed":
            raise NotStarted(int(answer[2]))
        return self._last_id

    def feed(self, number: int, data: bytes) -> None:
        """Send input to a command."""
        if data:
            self._send(f"feed {number}", data)

    def end_input(self, number: int) -> None:
        """Tell a command that no more input comes."""
        self._send(f"end {number}")

    def signal(self, number: int, wanted: signal.Signals) -> None:
        """Send a signal to everything in a command's process group."""
        self._send(f"signal {number} {int(wanted)}")

    def read(self, number: int, timeout: float, quiet: float | None = None) -> Output:
        """Wait until a command ends, or says nothing for ``quiet`` seconds, or time is over.

        Returns:
            What it printed since the last read; ``ended`` is set when it has.

        Raises:
            BrokerGone: The container has ended.
        """
        deadline = time.monotonic() + timeout
        began = time.monotonic()
        with self._changed:
            while True:
                program = self._programs.setdefault(number, Output())
                now = time.monotonic()
                until = deadline
                if quiet is not None:
                    until = min(until, max(program.heard, began) + quiet)
                if program.ended or now >= until:
                    return self._taken(number, program)
                if self._gone:
                    raise BrokerGone
                self._changed.wait(until - now)

    def _taken(self, number: int, program: Output) -> Output:
        if program.ended:
            # The same answer, should it be asked again.
            self._programs[number] = Output(ended=program.ended)
        else:
            self._programs[number] = Output(heard=program.heard)
        return program

    def files(self, folder: str, *, changed_only: bool) -> list[File]:
        """The files of a folder and below it; those that changed since :meth:`fresh` only."""
        self._send(f"files {int(changed_only)}", _text(folder))
        found: list[File] = []
        while True:
            words, content = self._answer("file", "done")
            if words[0] == "done":
                return found
            name, _, data = content.partition(b"\0")
            found.append(File(name.decode("utf-8", "replace"), int(words[1]), data))

    def put(self, path: str, content: bytes) -> int:
        """Write a file with the user's rights; returns the kernel's error number, 0 if none."""
        self._send("put", _text(path) + b"\0" + content)
        return int(self._answer("done")[0][1])

    def hang_up(self) -> None:
        """Close the line; the broker ends, and with it every process of its container."""
        self._wire.close()

    # -- the line ---------------------------------------------------------------------------------

    def _send(self, words: str, payload: bytes = b"") -> None:
        try:
            self._wire.write(f"{words} {len(payload)}\n".encode() + payload)
        except OSError as error:
            raise BrokerGone from error

    def _answer(self, *wanted: str) -> tuple[list[str], bytes]:
        with self._changed:
            if not self._changed.wait_for(lambda: self._answers or self._gone, ANSWER_S):
                cause = f"no answer to a request within {ANSWER_S:g} s"
                raise PlatformError("engine.failed", asked="run a command", cause=cause)
            if not self._answers:
                raise BrokerGone
            words, payload = self._answers.pop(0)
        if words[0] not in wanted:
            raise PlatformError("engine.failed", asked="run a command", cause=f"it said {words}")
        return words, payload

    def _listen(self) -> None:
        frames, parser = Demultiplexer(), Frames()
        try:
            while data := self._read():
                for stream, piece in frames.feed(data):
                    if stream == STDERR:
                        self._stderr.feed(piece)
                        continue
                    for words, payload in parser.feed(piece):
                        self._take(words, payload)
        except (StreamError, ValueError, IndexError) as error:
            self._stderr.feed(f"\n[not understood: {error}]".encode())
        with self._changed:
            self._gone = True
            self._changed.notify_all()

    def _read(self) -> bytes:
        while True:
            try:
                return self._wire.read(60.0)
            except TimeoutError:
                continue

    def _take(self, words: list[str], payload: bytes) -> None:
        with self._changed:
            if words[0] not in _UNASKED:
                self._answers.append((words, payload))
            elif (program := self._programs.get(int(words[1]))) is not None:
                program.heard = time.monotonic()
                _UNASKED[words[0]](program, words, payload)
            self._changed.notify_all()


def _end(program: Output, words: list[str], _payload: bytes) -> None:
    code, by, microseconds, memory, flags = (int(word) for word in words[2:7])
    program.ended = Ended(
        code=None if by else code,
        signal=by,
        seconds=microseconds / 1e6,
        memory_kb=memory,
        flooded=bool(flags & FLOOD),
        full=bool(flags & FULL),
    )


_UNASKED: Mapping[str, Callable[[Output, list[str], bytes], None]] = {
    "out": lambda program, _, payload: program.out.extend(payload),
    "err": lambda program, _, payload: program.err.extend(payload),
    "exit": _end,
}


def _text(text: str) -> bytes:
    # A zero byte would begin the next string.
    return text.encode("utf-8", "replace").replace(b"\0", b"")
