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

SCHEMA_VERSION: Literal["1.0"] = "1.0"


class ProjectSummary(Frozen):
    """Which project, by which words, was graded."""

    slug: str
    title: str
    version: str
    spec_digest: str = Field(description="SHA-256 over the files of the spec")
    harness_digest: str = Field(description="SHA-256 over the kit and this project's harness")


class BuildSummary(Frozen):
    """How the app was built."""

    recipe: str = Field(description="dockerfile, procfile, python, node …")
    detected: tuple[str, ...] = Field(default=(), description="What told us so, in sentences")
    start_command: str = ""
    base_image: str = ""
    image_digest: str = ""
    cached: bool = Field(default=False, description="Nothing had to be built")
    seconds: float = Field(default=0, ge=0)
    log: LogTail | None = None


class Note(Frozen):
    """Something the learner should know that cost no point."""

    kind: Literal["note", "warning", "assumption"]
    text: str


class PhaseTiming(Frozen):
    """How long a phase took; phases may overlap, which the start tells."""

    name: str
    start_s: float = Field(ge=0, description="Seconds since the grade began")
    seconds: float = Field(ge=0)


class HarnessRun(Frozen):
    """One run of one harness."""

    kind: HarnessKind
    seconds: float = Field(ge=0)
    ready_seconds: float | None = Field(default=None, description="Until the app answered")
    checks: int = Field(default=0, ge=0)
    ending: Ending | None = None


class Report(Frozen):
    """Everything that is known about one graded submission."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    id: str
    created_at: datetime
    grader_version: str
    project: ProjectSummary
    source: FetchedSource | None = None
    build: BuildSummary | None = None
    verdict: Verdict
    score: Score
    problem: Ending | None = Field(default=None, description="Why it ended early, if it did")
    criteria: tuple[CriterionResult, ...]
    notes: tuple[Note, ...] = ()
    load: LoadTable | None = None
    app_log: LogTail | None = None
    runs: tuple[HarnessRun, ...] = ()
    phases: tuple[PhaseTiming, ...] = ()
    seed: int = Field(description="With it the same data are sent again")


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of ``report.json``."""
    schema = Report.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
