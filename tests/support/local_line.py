"""A line to a worker that runs what it is asked on this machine: real processes, no container."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from grader.domain.commands import Begin, CommandOp, CommandReply, Read, Start
from harnesses.kit.command.line import Line


class LocalLine(Line):
    """Runs the driver of a library with the Python of the tests.

    Args:
        folder: Where the learner's code is.
    """

    def __init__(self, folder: Path) -> None:
        self._path = f"{folder / 'src'}:{folder}"
        self._program: subprocess.Popen[str] | None = None

    def do(self, op: CommandOp) -> CommandReply:
        match op:
            case Begin():
                self.close()
            case Start():
                self._program = subprocess.Popen(
                    [sys.executable, *op.args],
                    env={**os.environ, "PYTHONPATH": self._path},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            case Read():
                return self._read()
        return CommandReply(handle=1)

    def close(self) -> None:
        """End what runs."""
        if self._program:
            self._program.kill()
            self._program.communicate()
            self._program = None

    def _read(self) -> CommandReply:
        assert self._program
        try:
            stdout, stderr = self._program.communicate(timeout=2)
        except subprocess.TimeoutExpired:
            self._program.kill()
            stdout, stderr = self._program.communicate()
        code = self._program.returncode
        return CommandReply(handle=1, stdout=stdout, stderr=stderr, ended=True, exit_code=code)
