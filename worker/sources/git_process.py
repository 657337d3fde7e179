"""Runs git within limits of time, memory and disk, and ends all of it."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

from grader.errors import PlatformError
from grader.settings import Settings
from worker.sources.deadline import Deadline
from worker.sources.destination import Destination
from worker.sources.git_settings import environment_of

_KEPT_STDERR = 16 * 1024
_CHUNK = 64 * 1024
_MEMORY_KB = 1536 * 1024


class GitError(Exception):
    """git ended with an error; its callers turn it into words.

    Attributes:
        status: Exit status; negative for a signal.
        stderr: The last lines of what it said.
    """

    def __init__(self, status: int, stderr: str) -> None:
        super().__init__(stderr)
        self.status = status
        self.stderr = stderr


class Git:
    """A bare repository of the worker's, and git to use it with.

    Args:
        folder: Where the repository and an empty home are made.
        settings: Protocols, CA bundle.
        deadline: Ends every process of git's.
        max_bytes: Largest file that git may write: git itself has no cap on what it fetches.
        authorization: Value of an HTTP header to send, or ``None``. It travels in the
            environment, since the arguments of a process are public.
        destination: The one address it may dial, or ``None`` for wherever a name leads.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        deadline: Deadline,
        *,
        max_bytes: int,
        authorization: str | None = None,
        destination: Destination | None = None,
    ) -> None:
        self.repository = folder / "repository.git"
        self._home = folder / "home"
        self._home.mkdir(mode=0o700)
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._environment = environment_of(settings, self._home, authorization, destination)

    def init(self, object_format: str = "sha1") -> None:
        """Make the empty repository."""
        arguments = ["init", "--quiet", "--bare", "--template=", f"--object-format={object_format}"]
        self.run(*arguments, str(self.repository), in_repository=False)

    def reached_cap(self) -> bool:
        """Whether git was stopped because a file of its grew too large.

        The signal that ends it for that (SIGXFSZ) goes to a helper of git's, which leaves the
        unfinished file behind; git itself only says that the helper ended.
        """
        sizes = (file.stat().st_size for file in self.repository.rglob("*") if file.is_file())
        return max(sizes, default=0) >= self._max_bytes

    def run(
        self,
        *arguments: str,
        in_repository: bool = True,
        most: int = 1024 * 1024,
        extra_environment: Mapping[str, str] | None = None,
    ) -> bytes:
        """Run git to its end.

        Args:
            arguments: After ``git``; nothing of a learner's before a ``--``.
            in_repository: Work on :attr:`repository`.
            most: Bytes of output that are expected at most.
            extra_environment: More variables.

        Returns:
            What it printed.

        Raises:
            GitError: If it failed, or printed more than ``most``.
        """
        output = bytearray()
        stream = self.stream(
            *arguments, in_repository=in_repository, extra_environment=extra_environment
        )
        with closing(stream) as chunks:
            for chunk in chunks:
                output += chunk
                if len(output) > most:
                    raise GitError(0, f"git {arguments[0]} printed more than {most} bytes")
        return bytes(output)

    def stream(
        self,
        *arguments: str,
        in_repository: bool = True,
        stdin: IO[bytes] | None = None,
        extra_environment: Mapping[str, str] | None = None,
    ) -> Generator[bytes, None, None]:
        """Run git and yield what it prints as it comes; closing the generator ends it.

        Raises:
            GitError: At the end, if it failed.
            SubmissionError: ``source.timeout``.
        """
        where = [f"--git-dir={self.repository}"] if in_repository else []
        # The shell sets the limits and then becomes git: a hook between fork and exec is not safe
        # in a process with threads. 512-byte blocks are POSIX's unit of ulimit -f.
        limits = f"ulimit -f {-(-self._max_bytes // 512)}; ulimit -v {_MEMORY_KB};"
        command = [
            "sh",
            "-c",
            f'{{ {limits} }} 2>/dev/null; exec git "$@"',
            "git",
            *where,
            *arguments,
        ]
        process = subprocess.Popen(
            command,
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._home,
            env={**self._environment, **(extra_environment or {})},
            start_new_session=True,
        )
        stderr = bytearray()
        try:
            yield from self._pump(process, stderr)
        finally:
            _end(process)
        if process.returncode:
            raise _failure(process.returncode, bytes(stderr))

    def _pump(self, process: subprocess.Popen[bytes], stderr: bytearray) -> Iterator[bytes]:
        assert process.stdout is not None
        assert process.stderr is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(process.stderr, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select(self._deadline.left()):
                    chunk = os.read(key.fd, _CHUNK)
                    if not chunk:
                        selector.unregister(key.fileobj)
                    elif key.fileobj is process.stdout:
                        yield chunk
                    else:
                        stderr += chunk
                        del stderr[:-_KEPT_STDERR]
        with suppress(subprocess.TimeoutExpired):
            process.wait(self._deadline.left())


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and its helpers, which share its process group."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _failure(status: int, stderr: bytes) -> Exception:
    text = stderr.decode(errors="replace")
    if status == 127:  # what a shell says when there is no such program
        return PlatformError("source.no_git")
    return GitError(status, text)
