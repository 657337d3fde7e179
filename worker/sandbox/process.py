"""A running harness, as the worker sees it: events come, commands go.

Nothing is read ahead: a harness that writes faster than the worker takes events waits in its
``write``, so that the worker's memory stays flat whatever is sent.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from grader.domain.events import (
    EVENTS,
    MAX_LINE_BYTES,
    Broken,
    Command,
    Event,
    Finished,
    Simulating,
)
from grader.domain.verdicts import HarnessKind
from grader.errors import PlatformError
from worker.sandbox.containers import Containers
from worker.sandbox.stream import STDERR, Demultiplexer, LineSplitter, StreamError, Tail
from worker.sandbox.wire import Wire

MAX_TOTAL_BYTES = 64 * 1024 * 1024
MAX_EVENTS = 20_000
STDERR_BYTES = 16 * 1024
NONSENSE_CHARS = 300


class HarnessProcess:
    """A harness container of a pod; attached when this is made, which is before it is started.

    One thread takes events; commands may be sent and :meth:`kill` called from others.

    Args:
        containers: The engine.
        container: The harness's container, created and not started.
        kind: Which harness it is, for the words of errors.
    """

    def __init__(self, containers: Containers, container: str, kind: HarnessKind) -> None:
        self._containers = containers
        self._container = container
        self._kind = kind
        self._wire = Wire(containers.attach(container))
        self._frames = Demultiplexer()
        self._lines = LineSplitter(MAX_LINE_BYTES)
        self._stderr = Tail(STDERR_BYTES)
        self._ready: deque[Event] = deque()
        self._bytes = 0
        self._events = 0
        self._nonsense = ""
        self._last_words = ""
        self._ended = False
        self._write_lock = threading.Lock()

    @property
    def stderr_tail(self) -> str:
        """The end of what it printed besides events, and once it has ended, how."""
        return self._stderr.text() + self._last_words

    def send(self, command: Command) -> None:
        """Send a command.

        Raises:
            PlatformError: ``harness.died`` if it has gone or does not read.
        """
        line = command.model_dump_json().encode() + b"\n"
        try:
            if self._ended:  # an engine may take commands for a container that has ended
                raise BrokenPipeError
            with self._write_lock:
                self._wire.write(line)
        except OSError as error:
            raise PlatformError("harness.died", kind=self._kind, log=self.stderr_tail) from error

    def next_event(self, timeout: float) -> Event | None:
        """The next event, None when the harness has ended.

        Args:
            timeout: Seconds to wait for it.

        Raises:
            TimeoutError: None came in time.
            PlatformError: ``harness.nonsense`` if what came is no event, or more than the
                protocol allows.
        """
        deadline = time.monotonic() + timeout
        while not self._ready:
            if self._nonsense:
                log = f"{self._nonsense}\n{self.stderr_tail}"
                raise PlatformError("harness.nonsense", kind=self._kind, log=log)
            data = self._wire.read(deadline - time.monotonic())
            if not data:
                self._note_end()
                return None
            self._take(data)
        return self._ready.popleft()

    def events(self, timeout: float) -> Iterator[Event]:
        """All events up to and including the last one, ``finished`` or ``broken``.

        Args:
            timeout: Seconds for all of them together.

        Raises:
            TimeoutError: They were not over in time.
            PlatformError: As in :meth:`next_event`; ``harness.died`` if it ended before its last.
        """
        deadline = time.monotonic() + timeout
        while True:
            event = self.next_event(deadline - time.monotonic())
            if event is None:
                raise PlatformError("harness.died", kind=self._kind, log=self.stderr_tail)
            yield event
            if isinstance(event, Finished | Broken):
                return

    def wait_for_simulators(self, timeout: float) -> None:
        """Wait until the services that it simulates answer.

        Args:
            timeout: Seconds.

        Raises:
            PlatformError: ``harness.timeout`` if they do not come up, ``harness.died`` or
                ``harness.nonsense`` if it ends or says anything else.
        """
        try:
            event = self.next_event(timeout)
        except TimeoutError as error:
            raise PlatformError("harness.timeout", kind=self._kind, seconds=timeout) from error
        if isinstance(event, Simulating):
            return
        code = "harness.died" if event is None else "harness.nonsense"
        said = event.text if isinstance(event, Broken) else ""
        raise PlatformError(code, kind=self._kind, log=f"{said}\n{self.stderr_tail}")

    def state(self) -> dict[str, Any] | None:
        """What the engine says of its container; None when that is gone."""
        return self._containers.state(self._container)

    def kill(self) -> None:
        """End it now; more than once is fine."""
        self._containers.kill(self._container)
        self.hang_up()

    def hang_up(self) -> None:
        """Close the line to it; what has not been read is lost."""
        self._wire.close()

    def _take(self, data: bytes) -> None:
        """Take in some output; events that came before nonsense count."""
        self._bytes += len(data)
        try:
            for stream, piece in self._frames.feed(data):
                if stream == STDERR:
                    self._stderr.feed(piece)
                    continue
                for line in self._lines.feed(piece):
                    self._ready.append(self._parse(line))
        except StreamError as error:
            self._nonsense = str(error)
        if self._bytes > MAX_TOTAL_BYTES:
            self._nonsense = f"more than {MAX_TOTAL_BYTES} bytes of events"

    def _parse(self, line: bytes) -> Event:
        self._events += 1
        if self._events > MAX_EVENTS:
            raise StreamError(f"more than {MAX_EVENTS} events")
        try:
            return EVENTS.validate_json(line)
        except ValidationError as error:
            start = line[:NONSENSE_CHARS].decode("utf-8", "replace")
            raise StreamError(f"no event: {start}\n{error}") from error

    def _note_end(self) -> None:
        self._ended = True
        state = self.state() or {}
        if state.get("OOMKilled"):
            self._last_words = "\n[the harness was killed: out of memory]"
        elif state:
            self._last_words = f"\n[the harness ended with exit code {state.get('ExitCode')}]"
