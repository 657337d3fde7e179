"""Checks: single probes, each for one criterion."""

from __future__ import annotations

from pydantic import Field

from grader.domain.base import Frozen
from grader.domain.evidence import Evidence
from grader.domain.verdicts import Fault, Outcome


class PlannedCheck(Frozen):
    """A check that a harness promises to run. One that is promised and never ends is ours."""

    id: str
    criterion: str
    title: str
    points: int = Field(ge=0)


class CheckResult(Frozen):
    """How one check ended, in words for the learner."""

    id: str = Field(description="Names the check, the same in every report")
    criterion: str = Field(description="Id of the criterion it speaks for")
    title: str = Field(description="What the app does, as a statement")
    points: int = Field(ge=0, description="What it is worth of the criterion's points")
    outcome: Outcome = Field(description="How it ended")
    fault: Fault | None = Field(default=None, description="Who must act, unless it passed")
    message: str = Field(default="", description="What is wrong, in a sentence")
    expected: str = Field(default="", description="What would have been right")
    actual: str = Field(default="", description="What came back instead")
    hint: str = Field(default="", description="One thing to try")
    evidence: tuple[Evidence, ...] = Field(
        default=(), description="What proves it: the most telling first, then what led to it"
    )
    seconds: float = Field(default=0, ge=0, description="How long it took")
