"""A harness as a subprocess, spoken to over pipes as a worker does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.domain.events import EVENTS, Broken, Command, Event, Finished, Reply, Request, Setup
from grader.domain.verdicts import HarnessKind

ROOT = Path(__file__).resolve().parents[2]


class HarnessSubprocess:
    """One running harness."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def send(self, command: Command) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command.model_dump_json().encode() + b"\n")
        self._process.stdin.flush()

    def events(self) -> Iterator[Event]:
        """Events until the harness ends."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield EVENTS.validate_json(line)

    def run(self, setup: Setup, restart: Callable[[], None] | None = None) -> list[Event]:
        """Send the setup, serve restarts, and return every event."""
        self.send(setup)
        seen: list[Event] = []
        for event in self.events():
            seen.append(event)
            if isinstance(event, Request):
                assert restart is not None, "this test restarts nothing"
                restart()
                self.send(Reply(id=event.id, ok=True))
            if isinstance(event, Finished | Broken):
                break
        return seen


@contextmanager
def harness(kind: HarnessKind, root: Path | None = None) -> Iterator[HarnessSubprocess]:
    """Start ``python -m harnesses.kit KIND``; ended at the end of the block."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    if root is not None:
        env["GRADER_HARNESSES_DIR"] = str(root)
    process = subprocess.Popen(
        [sys.executable, "-m", "harnesses.kit", str(kind)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=env,
        cwd=ROOT,
    )
    try:
        yield HarnessSubprocess(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
