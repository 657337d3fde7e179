"""The protocol between a worker and a running harness: one JSON object on each line.

A harness writes events to its standard output and reads commands from its standard input. Lines
are UTF-8, end with a newline and are at most :data:`MAX_LINE_BYTES` long. The first command is
always ``setup``; the last event is always ``finished`` or ``broken``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from grader.domain.base import Frozen
from grader.domain.checks import CheckResult, PlannedCheck
from grader.domain.commands import CommandOp, CommandReply
from grader.domain.evidence import LatencyRow
from grader.domain.project import Project
from grader.domain.report import Flag
from grader.domain.verdicts import Fault, HarnessKind

MAX_LINE_BYTES = 512 * 1024


class Setup(Frozen):
    """Worker to harness: what to run. Sent once, before the app is necessarily up."""

    type: Literal["setup"] = "setup"
    kind: HarnessKind
    project: Project
    seed: int = Field(ge=0, description="Source of all randomness of this attempt")
    ready_timeout: float = Field(gt=0, description="Seconds until the app must answer")
    port: int | None = Field(default=None, description="Where the app listens; absent: discover")
    occupied: tuple[int, ...] = Field(
        default=(), description="Ports of what runs beside the app: never the app's"
    )
    host: str = "127.0.0.1"
    scheme: Literal["http", "https"] = "http"
    shown_origin: str = Field(
        default="", description="What evidence shows of the address; empty: localhost and the port"
    )
    certificates: str = Field(
        default="", description="PEM: what https trusts besides the public certificates"
    )
    only: tuple[str, ...] = Field(default=(), description="Criteria to check; empty: all")


class Reply(Frozen):
    """Worker to harness: the answer to a request."""

    type: Literal["reply"] = "reply"
    id: int
    ok: bool
    detail: str = ""
    fault: Fault = Field(default=Fault.PLATFORM, description="Who can help it, where it is not ok")
    command: CommandReply | None = Field(default=None, description="Of a command")


class RunSlice(Frozen):
    """Worker to a load harness: drive the app for a while now, then report ``slice_done``."""

    type: Literal["slice"] = "slice"
    index: int = Field(ge=0)
    users: int = Field(ge=1)
    seconds: float = Field(gt=0)


class Stop(Frozen):
    """Worker to a load harness: no more slices; check what must hold afterwards and finish."""

    type: Literal["stop"] = "stop"


class Simulating(Frozen):
    """The simulators of outside services listen; said before ``setup`` is read."""

    type: Literal["simulating"] = "simulating"


class Ready(Frozen):
    """The app answers over HTTP; of a command-line program: it can be called."""

    type: Literal["ready"] = "ready"
    host: str = ""
    port: int = 0
    seconds: float = Field(ge=0)


class NotReady(Frozen):
    """The app never answered over HTTP in time; what was seen instead."""

    type: Literal["not_ready"] = "not_ready"
    seconds: float = Field(ge=0)
    listening: tuple[str, ...] = Field(default=(), description="host:port of listening sockets")
    cause: str = Field(default="", description="What happened when a request was sent")


class Planned(Frozen):
    """Every check that will be run."""

    type: Literal["planned"] = "planned"
    checks: tuple[PlannedCheck, ...]


class CheckStarted(Frozen):
    type: Literal["check_started"] = "check_started"
    id: str


class CheckFinished(Frozen):
    type: Literal["check_finished"] = "check_finished"
    result: CheckResult


class Assumed(Frozen):
    """The harness found its way round a departure from the brief, which costs nothing."""

    type: Literal["assumed"] = "assumed"
    text: str


class Suspected(Frozen):
    """The harness saw something that a person should look at; it costs nothing."""

    type: Literal["suspected"] = "suspected"
    flag: Flag


class Request(Frozen):
    """Harness to worker: do something that only the worker can."""

    type: Literal["request"] = "request"
    id: int
    action: Literal["restart_app", "command"]
    command: CommandOp | None = Field(default=None, description="What to do with the program")


class SliceDone(Frozen):
    """A load harness drove the app for a slice."""

    type: Literal["slice_done"] = "slice_done"
    index: int = Field(ge=0)
    seconds: float = Field(gt=0)
    rows: tuple[LatencyRow, ...]
    total: LatencyRow
    samples_ms: dict[str, Annotated[tuple[float, ...], Field(max_length=20_000)]] = Field(
        default={},
        max_length=200,
        description="Response times of each operation, for percentiles over slices",
    )
    errors: dict[str, int] = {}


class Finished(Frozen):
    type: Literal["finished"] = "finished"


class Broken(Frozen):
    """The harness cannot go on; never the learner's fault."""

    type: Literal["broken"] = "broken"
    fault: Fault
    text: str


Command = Annotated[Setup | Reply | RunSlice | Stop, Field(discriminator="type")]
Event = Annotated[
    Simulating
    | Ready
    | NotReady
    | Planned
    | CheckStarted
    | CheckFinished
    | Assumed
    | Suspected
    | Request
    | SliceDone
    | Finished
    | Broken,
    Field(discriminator="type"),
]

COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
