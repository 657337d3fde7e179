"""What a person watching a grade is told while it runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from grader.domain.base import Frozen
from grader.domain.checks import CheckResult
from grader.domain.report import Note
from grader.domain.verdicts import Phase


class PhaseStarted(Frozen):
    type: Literal["phase_started"] = "phase_started"
    phase: Phase
    detail: str = ""


class PhaseEnded(Frozen):
    type: Literal["phase_ended"] = "phase_ended"
    phase: Phase
    seconds: float = Field(ge=0)
    detail: str = ""


class BuildOutput(Frozen):
    """A line that the build printed, cleaned."""

    type: Literal["build_output"] = "build_output"
    line: str


class CheckDone(Frozen):
    type: Literal["check_done"] = "check_done"
    result: CheckResult


class NoteTaken(Frozen):
    type: Literal["note_taken"] = "note_taken"
    note: Note


Progress = Annotated[
    PhaseStarted | PhaseEnded | BuildOutput | CheckDone | NoteTaken, Field(discriminator="type")
]
