"""What proves an outcome to the person who reads the report."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from grader.domain.base import Frozen


class HttpExchange(Frozen):
    """One request and what came back, as it can be repeated by hand."""

    kind: Literal["http"] = "http"
    method: str
    url: str
    request_headers: dict[str, str] = {}
    request_body: str | None = None
    curl: str = Field(description="A command line that repeats the request")
    status: int | None = Field(default=None, description="Absent when no answer came")
    response_headers: dict[str, str] = {}
    response_body: str | None = None
    truncated: bool = Field(default=False, description="The body was longer than what is kept")
    error: str | None = Field(default=None, description="Why no answer came, in a sentence")
    elapsed_ms: float = Field(default=0, ge=0)


class LogTail(Frozen):
    """The last lines that a build or the app printed."""

    kind: Literal["log"] = "log"
    title: str
    text: str
    dropped_lines: int = Field(default=0, ge=0, description="Lines before these, not kept")


class Finding(Frozen):
    """One cause of broken contract, however many requests ran into it."""

    kind: Literal["finding"] = "finding"
    title: str
    operation: str = Field(description="Method and path template, as in the OpenAPI document")
    detail: str = ""
    occurrences: int = Field(default=1, ge=1)
    exchange: HttpExchange | None = None


class LatencyRow(Frozen):
    """One operation under load; times in milliseconds."""

    name: str
    requests: int = Field(ge=0)
    failures: int = Field(ge=0)
    median_ms: float = Field(ge=0)
    p95_ms: float = Field(ge=0)
    p99_ms: float = Field(ge=0)
    requests_per_s: float = Field(ge=0)


class LatencySlice(Frozen):
    """One interleaved stretch of load, for the plot."""

    target: Literal["app", "calibration"]
    start_s: float = Field(ge=0, description="Seconds since the load phase began")
    seconds: float = Field(gt=0)
    requests: int = Field(ge=0)
    failures: int = Field(ge=0)
    median_ms: float = Field(ge=0)
    p95_ms: float = Field(ge=0)


class LoadTable(Frozen):
    """What a load test measured, on the app and on the calibration app beside it."""

    kind: Literal["load"] = "load"
    users: int = Field(ge=1)
    app: list[LatencyRow]
    calibration: list[LatencyRow]
    slices: list[LatencySlice] = []
    errors: list[str] = Field(default=[], description="Distinct failures with their counts")


Evidence = Annotated[HttpExchange | LogTail | Finding | LoadTable, Field(discriminator="kind")]
