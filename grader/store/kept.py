"""What is kept beside submissions: uploads, events, reports, answered requests, workers."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from grader.domain.records import StoredEvent
from grader.domain.report import Report
from grader.store.tables import EventRow, IdempotencyRow, ReportRow, UploadRow, WorkerRow

GONE = timedelta(seconds=30)


def add_upload(session: Session, content: bytes, now: datetime) -> str:
    """Keep an archive; returns its SHA-256, by which it is found. The same one is kept once."""
    digest = hashlib.sha256(content).hexdigest()
    if session.get(UploadRow, digest) is None:
        session.add(UploadRow(digest=digest, size=len(content), created_at=now, content=content))
        session.flush()
    return digest


def upload(session: Session, digest: str) -> bytes | None:
    """The archive of that digest."""
    row = session.get(UploadRow, digest)
    return row.content if row else None


def events_after(session: Session, submission: str, number: int, limit: int) -> list[StoredEvent]:
    """The events of a submission after one, in their order."""
    query = (
        select(EventRow.number, EventRow.type, EventRow.data)
        .where(EventRow.submission == submission, EventRow.number > number)
        .order_by(col(EventRow.number))
        .limit(limit)
    )
    return [StoredEvent(number=n, type=kind, data=data) for n, kind, data in session.exec(query)]


def report(session: Session, submission: str) -> Report | None:
    """The report of a submission, if it has one."""
    row = session.get(ReportRow, submission)
    return Report.model_validate_json(zlib.decompress(row.content)) if row else None


def answered(session: Session, person: str, key: str) -> tuple[str, str] | None:
    """The fingerprint of the request with that key, and the submission it made."""
    row = session.get(IdempotencyRow, (person, key))
    return (row.fingerprint, row.submission) if row else None


def keep_answer(
    session: Session, person: str, key: str, fingerprint: str, submission: str, now: datetime
) -> None:
    """Remember a request; TakenError where another one with that key was quicker."""
    session.add(
        IdempotencyRow(
            person=person, key=key, fingerprint=fingerprint, submission=submission, created_at=now
        )
    )
    session.flush()


def beat(session: Session, worker: str, slots: int, now: datetime) -> None:
    """Note that a worker is alive."""
    row = session.get(WorkerRow, worker)
    if row is None:
        session.add(WorkerRow(id=worker, slots=slots, started_at=now, seen_at=now))
    else:
        row.seen_at, row.slots = now, slots
    session.flush()


def retire(session: Session, worker: str) -> None:
    """Forget a worker that has stopped."""
    session.exec(delete(WorkerRow).where(col(WorkerRow.id) == worker))


def slots(session: Session, now: datetime) -> int:
    """How many submissions all living workers can grade at a time."""
    query = select(func.sum(WorkerRow.slots)).where(WorkerRow.seen_at > now - GONE)
    return session.exec(query).one() or 0
