"""The tables. Changes need a migration in ``migrations/versions``."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from grader.store.types import UtcDateTime

ID = 64
LOCATION = 2048


class PersonRow(SQLModel, table=True):
    """Somebody who has tokens."""

    __tablename__ = "person"

    id: str = Field(primary_key=True, max_length=ID)
    created_at: datetime = Field(sa_type=UtcDateTime)


class TokenRow(SQLModel, table=True):
    """A token; of its secret only the SHA-256 is kept."""

    __tablename__ = "token"

    id: str = Field(primary_key=True, max_length=ID)
    secret_digest: str = Field(max_length=64, unique=True)
    person: str = Field(foreign_key="person.id", max_length=ID, index=True)
    scope: str = Field(max_length=16)
    name: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UploadRow(SQLModel, table=True):
    """An archive that was uploaded, named by its content.

    In the database, so that a worker needs nothing else.
    """

    __tablename__ = "upload"

    digest: str = Field(primary_key=True, max_length=64)
    size: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class SubmissionRow(SQLModel, table=True):
    """A submission: what was asked, and where it stands."""

    __tablename__ = "submission"
    __table_args__ = (
        Index("ix_submission_queue", "state", "turn", "id"),
        Index("ix_submission_lease", "state", "lease_until"),
        Index("ix_submission_owner_queue", "owner", "state", "turn"),
        Index("ix_submission_owner_id", "owner", "id"),
        Index("ix_submission_project_id", "project", "id"),
        Index("ix_submission_state_id", "state", "id"),
        Index("ix_submission_state_ended", "state", "ended_at"),
        Index("ix_submission_earned", "earned", "id"),
    )

    id: str = Field(primary_key=True, max_length=ID)
    owner: str = Field(foreign_key="person.id", max_length=ID)
    project: str = Field(max_length=ID)
    kind: str = Field(max_length=16)
    location: str = Field(max_length=LOCATION)
    ref: str | None = Field(default=None, max_length=ID * 4)
    path: str = Field(default="", max_length=LOCATION)
    upload: str | None = Field(default=None, foreign_key="upload.digest", max_length=64)
    seed: int = Field(sa_type=BigInteger)

    state: str = Field(max_length=16)
    turn: int = Field(sa_type=BigInteger)
    attempt: int = 0
    faults: int = 0
    last_event: int = 0
    lease_owner: str | None = Field(default=None, max_length=ID * 4)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)

    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verdict: str | None = Field(default=None, max_length=32)
    earned: float | None = None
    undecided: float | None = None
    possible: int | None = None
    commit: str | None = Field(default=None, max_length=64)


class IdempotencyRow(SQLModel, table=True):
    """A request that was answered, so that its repetition gets the same answer."""

    __tablename__ = "idempotency"

    person: str = Field(foreign_key="person.id", primary_key=True, max_length=ID)
    key: str = Field(primary_key=True, max_length=255)
    fingerprint: str = Field(max_length=64)
    submission: str = Field(foreign_key="submission.id", max_length=ID)
    created_at: datetime = Field(sa_type=UtcDateTime)


class EventRow(SQLModel, table=True):
    """What happened to a submission, in its order."""

    __tablename__ = "event"

    submission: str = Field(foreign_key="submission.id", primary_key=True, max_length=ID)
    number: int = Field(primary_key=True)
    attempt: int
    at: datetime = Field(sa_type=UtcDateTime)
    type: str = Field(max_length=32)
    data: str = Field(sa_column=Column(Text, nullable=False))


class ReportRow(SQLModel, table=True):
    """The report of a submission's last attempt, as JSON, compressed with zlib."""

    __tablename__ = "report"

    submission: str = Field(foreign_key="submission.id", primary_key=True, max_length=ID)
    attempt: int
    schema_version: str = Field(max_length=16)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class WorkerRow(SQLModel, table=True):
    """A worker that beats, and how many submissions it can grade at a time."""

    __tablename__ = "worker"

    id: str = Field(primary_key=True, max_length=ID * 4)
    slots: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime, index=True)
