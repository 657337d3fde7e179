"""What a harness of a command-line project has the worker do, and what comes back.

The harness never touches the learner's container: it asks on its event channel, the worker asks
the broker in that container. Texts are UTF-8; what a program wrote that is none is replaced.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from grader.domain.base import Frozen

MAX_INPUT_CHARS = 100_000


class Begin(Frozen):
    """End every process, and give the next commands a fresh working directory and home."""

    op: Literal["begin"] = "begin"
    beside_code: bool = Field(
        default=False, description="Work in the folder of the code instead of an empty one"
    )


class Start(Frozen):
    """Start the learner's program."""

    op: Literal["start"] = "start"
    args: tuple[str, ...] = Field(default=(), max_length=200)
    stdin: str = Field(default="", max_length=MAX_INPUT_CHARS, description="Sent at once")
    end_stdin: bool = Field(default=True, description="No more input follows")
    terminal: bool = Field(default=False, description="Give it a pseudo-terminal, not pipes")
    environment: dict[str, str] = {}


class Feed(Frozen):
    """Send more input to a program that runs."""

    op: Literal["feed"] = "feed"
    handle: int
    text: str = Field(default="", max_length=MAX_INPUT_CHARS)
    end_stdin: bool = False


class Read(Frozen):
    """Wait for a program to end or to say nothing more; what it printed since the last read."""

    op: Literal["read"] = "read"
    handle: int
    timeout: float = Field(gt=0, le=120, description="Seconds at most")
    quiet: float | None = Field(
        default=None, gt=0, description="Seconds without output that are enough; absent: its end"
    )


class Signal(Frozen):
    """Send a signal to a program and everything in its session."""

    op: Literal["signal"] = "signal"
    handle: int
    name: Literal["INT", "TERM", "KILL", "HUP", "USR1"]


class Files(Frozen):
    """List the files of the working directory, with what is in them."""

    op: Literal["files"] = "files"


class Put(Frozen):
    """Write a file of the working directory."""

    op: Literal["put"] = "put"
    name: str = Field(pattern=r"^[^/].{0,200}$", description="Relative to that directory")
    text: str = Field(max_length=MAX_INPUT_CHARS)


CommandOp = Annotated[Begin | Start | Feed | Read | Signal | Files | Put, Field(discriminator="op")]


class CommandFile(Frozen):
    """A file of the working directory."""

    name: str = Field(description="Relative to the working directory")
    size: int = Field(ge=0)
    text: str = Field(description="Its first 64 KiB, as text")


class CommandReply(Frozen):
    """What came of an operation; which fields are set depends on it."""

    program: str = Field(default="", description="As a person calls it, such as python app.py")
    handle: int = 0
    stdout: str = ""
    stderr: str = ""
    ended: bool = False
    exit_code: int | None = Field(default=None, description="Absent if a signal ended it")
    signal: str = Field(default="", description="Such as SIGKILL, if one ended it")
    seconds: float = Field(default=0, ge=0)
    limit: str = Field(default="", description="Which limit it met, in words; usually none")
    files: tuple[CommandFile, ...] = ()
    failure: str = Field(default="", description="Why it could not be started, in a sentence")
