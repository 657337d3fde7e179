"""What the service keeps: people, their tokens, submissions and how far each has come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from grader.domain.base import Frozen
from grader.domain.verdicts import Verdict


class State(StrEnum):
    """Where a submission stands.

    ``parked`` means that we failed at it too often: staff are told, no point is lost.
    """

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    PARKED = "parked"

    @property
    def final(self) -> bool:
        """Whether it stays so, unless somebody asks for another grade."""
        return self in FINAL_STATES


FINAL_STATES = frozenset({State.DONE, State.CANCELLED, State.PARKED})


class Scope(StrEnum):
    """What a token may do; each includes nothing of the others.

    ``learner`` and ``action`` see and make their owner's own submissions, ``instructor`` sees
    everybody's, ``operator`` manages tokens as well.
    """

    LEARNER = "learner"
    ACTION = "action"
    INSTRUCTOR = "instructor"
    OPERATOR = "operator"

    @property
    def staff(self) -> bool:
        """Whether other people's submissions may be seen."""
        return self in (Scope.INSTRUCTOR, Scope.OPERATOR)


class Token(Frozen):
    """A token without its secret, which nobody can be shown twice."""

    id: str = Field(description="Names the token where it is listed and revoked")
    person: str = Field(description="Whose it is")
    scope: Scope = Field(description="What it may do")
    name: str = Field(description="What its owner calls it")
    created_at: datetime = Field(description="When it was made")
    expires_at: datetime | None = Field(default=None, description="When it ends; null: never")
    last_used_at: datetime | None = Field(default=None, description="To the minute")
    revoked_at: datetime | None = Field(default=None, description="When it was revoked")


class Asked(Frozen):
    """What somebody asks to be graded."""

    project: str = Field(description="Slug")
    kind: Literal["git", "archive"] = Field(description="Where it comes from")
    location: str = Field(description="The git URL, or the name of the archive")
    ref: str | None = Field(default=None, description="Branch, tag or commit; default: HEAD")
    path: str = Field(default="", description="Sub-folder that holds the project")
    upload: str = Field(default="", description="SHA-256 of the archive that was uploaded")


class Record(Frozen):
    """A submission as the service keeps it."""

    id: str = Field(description="Sortable by time, not to be guessed")
    owner: str = Field(description="Who handed it in")
    asked: Asked = Field(description="What was handed in")
    seed: int = Field(description="Of the data that are sent to it")
    state: State = Field(description="Where it stands")
    attempt: int = Field(ge=0, description="How often a worker has begun it")
    faults: int = Field(ge=0, description="How many attempts ended by our own fault")
    last_event: int = Field(ge=0, description="Number of its newest event")
    created_at: datetime = Field(description="When it was accepted")
    started_at: datetime | None = Field(default=None, description="When its last attempt began")
    ended_at: datetime | None = Field(default=None, description="When it came to its final state")
    verdict: Verdict | None = Field(default=None, description="How the grade ended")
    earned: float | None = Field(default=None, description="Points earned")
    undecided: float | None = Field(default=None, description="Points that nobody could decide")
    possible: int | None = Field(default=None, description="Points of the whole rubric")
    commit: str | None = Field(default=None, description="The commit that was graded, for git")


class StoredEvent(Frozen):
    """One event of a submission, as it is kept and sent to who watches it."""

    number: int = Field(ge=1, description="1, 2, 3 … without a gap within one submission")
    type: str = Field(description="Such as `state`, `phase_started`, `check_done`")
    data: str = Field(description="A JSON object")


class Claim(Frozen):
    """A worker's right to grade a submission, for as long as it renews the lease.

    The attempt is the fencing token: nothing is written for an attempt that is not the newest.
    """

    submission: str
    attempt: int = Field(ge=1)
    worker: str
