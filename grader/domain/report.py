"""The report: frozen, versioned, documented field by field. Its JSON Schema is generated here."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from grader.domain.base import Frozen
from grader.domain.evidence import LoadTable, LogTail
from grader.domain.scoring import CriterionResult, Ending, Score
from grader.domain.submission import FetchedSource
from grader.domain.verdicts import HarnessKind, Verdict

SCHEMA_VERSION: Literal["1.2"] = "1.2"


class ProjectSummary(Frozen):
    """Which project, by which words, was graded."""

    slug: str = Field(description="The project's name in URLs, folders and settings")
    title: str = Field(description="The project's name for people")
    version: str = Field(description="Version of the spec, raised when a grade could change")
    spec_digest: str = Field(description="SHA-256 over the files of the spec")
    harness_digest: str = Field(description="SHA-256 over the kit and this project's harness")


class BuildSummary(Frozen):
    """How the app was built."""

    recipe: str = Field(description="dockerfile, procfile, python, node …")
    detected: tuple[str, ...] = Field(default=(), description="What told us so, in sentences")
    start_command: str = Field(default="", description="What starts the app")
    services: tuple[str, ...] = Field(
        default=(), description="The services that ran beside it, each with what showed the need"
    )
    base_image: str = Field(default="", description="The image it was built on")
    image_digest: str = Field(default="", description="The image that was run")
    cached: bool = Field(default=False, description="Nothing had to be built")
    seconds: float = Field(default=0, ge=0, description="How long the build took")
    log: LogTail | None = Field(default=None, description="The end of the build's log")


class Note(Frozen):
    """Something the learner should know that cost no point."""

    kind: Literal["note", "warning", "assumption"] = Field(
        description="`assumption`: how a departure from the brief was read; `warning`: mend it"
    )
    text: str = Field(description="In a sentence")


class Flag(Frozen):
    """Something for staff to look at: it costs no point, and only a person may conclude from it."""

    kind: Literal["identity", "late", "repeat"] = Field(
        description="`identity`: answers depend on what a client calls itself; `late`: right at "
        "first and wrong after the load; `repeat`: checks that had passed failed when they were "
        "repeated with new data"
    )
    text: str = Field(description="What was seen, in a sentence")


class PhaseTiming(Frozen):
    """How long a phase took; phases may overlap, which the start tells."""

    name: str = Field(
        description="Such as `fetching`, `building`, `starting`, `checking`, `scoring`"
    )
    start_s: float = Field(ge=0, description="Seconds since the grade began")
    seconds: float = Field(ge=0, description="How long it took")


class HarnessRun(Frozen):
    """One run of one harness."""

    kind: HarnessKind = Field(description="Which kind of harness")
    seconds: float = Field(ge=0, description="How long it ran")
    ready_seconds: float | None = Field(default=None, description="Until the app answered")
    checks: int = Field(default=0, ge=0, description="How many checks it ended")
    ending: Ending | None = Field(default=None, description="Why it ended early, if it did")


class Report(Frozen):
    """Everything that is known about one graded submission."""

    schema_version: Literal["1.2"] = Field(
        default=SCHEMA_VERSION,
        description="Version of this format: a new field raises the second number, a change that "
        "breaks readers the first",
    )
    id: str = Field(description="Names this report")
    created_at: datetime = Field(description="When grading began")
    grader_version: str = Field(description="Which grader made it")
    project: ProjectSummary = Field(description="What was graded by")
    source: FetchedSource | None = Field(
        default=None, description="What was graded; absent when it could not be fetched"
    )
    build: BuildSummary | None = Field(
        default=None, description="How it was built; absent when it never came to that"
    )
    verdict: Verdict = Field(description="How the submission ended")
    score: Score = Field(description="The points")
    problem: Ending | None = Field(default=None, description="Why it ended early, if it did")
    criteria: tuple[CriterionResult, ...] = Field(
        description="Every criterion of the rubric, in its order"
    )
    notes: tuple[Note, ...] = Field(
        default=(), description="What the learner should know and what cost no point"
    )
    flags: tuple[Flag, ...] = Field(
        default=(), description="For staff: what a person should look at; not shown to learners"
    )
    load: LoadTable | None = Field(
        default=None, description="What the load test measured, when there was one"
    )
    app_log: LogTail | None = Field(default=None, description="The end of what the app printed")
    runs: tuple[HarnessRun, ...] = Field(default=(), description="The runs of the harnesses")
    phases: tuple[PhaseTiming, ...] = Field(default=(), description="What took how long")
    seed: int = Field(description="With it the same data are sent again")


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of ``report.json``."""
    schema = Report.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
