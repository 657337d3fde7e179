"""What proves an outcome to the person who reads the report."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from grader.domain.base import Frozen


class HttpExchange(Frozen):
    """One request and what came back, as it can be repeated by hand."""

    kind: Literal["http"] = Field(
        default="http", description="Always `http`: tells kinds of evidence apart"
    )
    method: str = Field(description="Such as `POST`")
    url: str = Field(description="As a person would type it; the app is shown on localhost")
    request_headers: dict[str, str] = Field(
        default={}, description="What was sent, without what every request has"
    )
    request_body: str | None = Field(
        default=None, description="What was sent, cut when it is long; absent when there was none"
    )
    curl: str = Field(description="A command line that repeats the request")
    status: int | None = Field(default=None, description="Absent when no answer came")
    response_headers: dict[str, str] = Field(
        default={}, description="What came back, cut when there are many"
    )
    response_body: str | None = Field(
        default=None, description="What came back as text, cut when it is long"
    )
    truncated: bool = Field(default=False, description="The body was longer than what is kept")
    error: str | None = Field(default=None, description="Why no answer came, in a sentence")
    elapsed_ms: float = Field(
        default=0, ge=0, description="Milliseconds from sending to the end of the answer"
    )
    number: int | None = Field(
        default=None, ge=1, description="Its place among the requests of its check"
    )
    preceded_by: str = Field(
        default="",
        description="What was done just before it besides requests, such as a restart of the app",
    )


class Turn(Frozen):
    """A piece of a conversation with a program."""

    by: Literal["program", "user"] = Field(description="Who wrote it")
    text: str = Field(description="What was printed, or typed")


class CommandRun(Frozen):
    """One call of a command-line program and what came of it, as it can be repeated by hand."""

    kind: Literal["command"] = Field(
        default="command", description="Always `command`: tells kinds of evidence apart"
    )
    command: str = Field(description="The command line to paste, its input included")
    stdin: str = Field(default="", description="What it was sent at once, cut when it is long")
    exit_code: int | None = Field(
        default=None, description="Absent when it did not end, or a signal ended it"
    )
    stdout: str = Field(default="", description="What it printed, cut when it is long")
    stderr: str = Field(default="", description="What it printed to standard error, cut as well")
    transcript: tuple[Turn, ...] = Field(
        default=(), description="The conversation, where it was an interactive one"
    )
    truncated: bool = Field(default=False, description="It printed more than what is kept")
    error: str | None = Field(default=None, description="Why it did not end by itself")
    elapsed_ms: float = Field(default=0, ge=0, description="Milliseconds that it ran")
    number: int | None = Field(
        default=None, ge=1, description="Its place among the calls of its check"
    )


Interaction = HttpExchange | CommandRun
"""What was done to the app and what came of it."""


class LogTail(Frozen):
    """The last lines that a build or the app printed."""

    kind: Literal["log"] = Field(
        default="log", description="Always `log`: tells kinds of evidence apart"
    )
    title: str = Field(description="What it is the log of")
    text: str = Field(
        description="The last lines, cleaned of terminal sequences and of obvious secrets"
    )
    dropped_lines: int = Field(default=0, ge=0, description="Lines before these, not kept")


class Finding(Frozen):
    """One cause of broken contract, however many requests ran into it."""

    kind: Literal["finding"] = Field(
        default="finding", description="Always `finding`: tells kinds of evidence apart"
    )
    title: str = Field(description="What is broken, in a few words")
    operation: str = Field(description="Method and path template, as in the OpenAPI document")
    detail: str = Field(default="", description="What exactly is broken")
    occurrences: int = Field(default=1, ge=1, description="How many requests ran into it")
    exchange: HttpExchange | None = Field(
        default=None, description="The smallest request that shows it"
    )


class LatencyRow(Frozen):
    """One operation under load; times in milliseconds."""

    name: str = Field(description="Method and path template")
    requests: int = Field(ge=0, description="How many were sent")
    failures: int = Field(ge=0, description="How many got no right answer")
    median_ms: float = Field(ge=0, description="Half of the answers came within")
    p95_ms: float = Field(ge=0, description="95 of 100 answers came within")
    p99_ms: float = Field(ge=0, description="99 of 100 answers came within")
    requests_per_s: float = Field(
        ge=0, description="Answers a second, over the time of the app's own slices"
    )


class LatencySlice(Frozen):
    """One interleaved stretch of load, for the plot."""

    target: Literal["app", "calibration"] = Field(
        description="Whom it drove: the learner's app or the calibration app"
    )
    start_s: float = Field(ge=0, description="Seconds since the load phase began")
    seconds: float = Field(gt=0, description="How long it lasted")
    requests: int = Field(ge=0, description="How many were sent")
    failures: int = Field(ge=0, description="How many got no right answer")
    median_ms: float = Field(ge=0, description="Half of the answers came within")
    p95_ms: float = Field(ge=0, description="95 of 100 answers came within")


class LoadTable(Frozen):
    """What a load test measured, on the app and on the calibration app beside it."""

    kind: Literal["load"] = Field(
        default="load", description="Always `load`: tells kinds of evidence apart"
    )
    users: int = Field(ge=1, description="How many users sent requests at once")
    app: list[LatencyRow] = Field(description="One row for each operation, on the learner's app")
    calibration: list[LatencyRow] = Field(
        description="The same operations on the calibration app, by name"
    )
    slices: list[LatencySlice] = Field(default=[], description="In the order in which they ran")
    errors: list[str] = Field(default=[], description="Distinct failures with their counts")


Evidence = Annotated[
    HttpExchange | CommandRun | LogTail | Finding | LoadTable, Field(discriminator="kind")
]
