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

    id: str
    criterion: str
    title: str
    points: int = Field(ge=0)
    outcome: Outcome
    fault: Fault | None = Field(default=None, description="Who must act, unless it passed")
    message: str = Field(default="", description="What is wrong, in a sentence")
    expected: str = ""
    actual: str = ""
    hint: str = ""
    evidence: tuple[Evidence, ...] = ()
    seconds: float = Field(default=0, ge=0)
