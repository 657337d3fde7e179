"""Who grades what: claims with leases, renewed by heartbeats, fenced by the attempt.

The database is the truth. A worker whose lease has run out may still be alive: whatever it writes
then names an attempt that is not the newest, and is refused.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from grader.domain.records import Claim, Record, State
from grader.domain.report import Report
from grader.store.submissions import record
from grader.store.tables import EventRow, ReportRow, SubmissionRow

LEASE = timedelta(seconds=30)
MOST_FAULTS = 3


class LeaseLostError(Exception):
    """The submission was cancelled, or belongs to another attempt now."""


def claim(
    session: Session, worker: str, now: datetime, lease: timedelta = LEASE
) -> tuple[Claim, Record] | None:
    """Take the submission whose turn it is.

    Args:
        session: What to write in.
        worker: Who takes it.
        now: By the database's clock.
        lease: For how long, unless it is renewed.

    Returns:
        The claim and what it is for; None if nothing is queued.
    """
    row = session.exec(
        select(SubmissionRow)
        .where(SubmissionRow.state == State.QUEUED)
        .order_by(col(SubmissionRow.turn), col(SubmissionRow.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    row.state = State.RUNNING
    row.attempt += 1
    row.lease_owner, row.lease_until = worker, now + lease
    row.started_at = now
    held = Claim(submission=row.id, attempt=row.attempt, worker=worker)
    session.flush()
    add_events(session, held, [("state", {"state": State.RUNNING, "attempt": row.attempt})], now)
    session.refresh(row)
    return held, record(row)


def renew(session: Session, held: Claim, now: datetime, lease: timedelta = LEASE) -> None:
    """Keep a claim for another lease.

    Raises:
        LeaseLostError: If it is lost.
    """
    done = session.exec(_held(held).values(lease_until=now + lease))
    if done.rowcount != 1:
        raise LeaseLostError(held.submission)


def add_events(
    session: Session, held: Claim, events: Sequence[tuple[str, dict[str, object]]], now: datetime
) -> None:
    """Append events, numbered on.

    Args:
        session: What to write in.
        held: Whose attempt they are of.
        events: Their types and data.
        now: When.

    Raises:
        LeaseLostError: If the claim is lost; nothing is appended.
    """
    count = len(events)
    grown = _held(held).values(last_event=SubmissionRow.last_event + count)
    last = session.execute(grown.returning(col(SubmissionRow.last_event))).scalar_one_or_none()
    if last is None:
        raise LeaseLostError(held.submission)
    for number, (kind, data) in enumerate(events, last - count + 1):
        session.add(
            EventRow(
                submission=held.submission,
                number=number,
                attempt=held.attempt,
                at=now,
                type=kind,
                data=json.dumps(data, ensure_ascii=False, separators=(",", ":")),
            )
        )
    session.flush()


def finish(session: Session, held: Claim, report: Report, now: datetime) -> None:
    """Keep a report as the final one.

    Raises:
        LeaseLostError: If the claim is lost; the report is not kept.
    """
    _end(session, held, report, State.DONE, now)


def give_back(session: Session, held: Claim, now: datetime) -> None:
    """Queue a submission again, at its old turn, without blaming anybody: the worker stops.

    Raises:
        LeaseLostError: If the claim is lost.
    """
    add_events(session, held, [("state", {"state": State.QUEUED, "why": "worker_stops"})], now)
    session.exec(_held(held).values(state=State.QUEUED, lease_owner=None, lease_until=None))


def failed(session: Session, held: Claim, report: Report, now: datetime) -> State:
    """An attempt ended by our own fault: queue it again, or park it when that is enough.

    Returns:
        ``QUEUED`` or ``PARKED``.

    Raises:
        LeaseLostError: If the claim is lost.
    """
    faults = session.execute(
        _held(held).values(faults=SubmissionRow.faults + 1).returning(col(SubmissionRow.faults))
    ).scalar_one_or_none()
    if faults is None:
        raise LeaseLostError(held.submission)
    if faults >= MOST_FAULTS:
        _end(session, held, report, State.PARKED, now)
        return State.PARKED
    add_events(session, held, [("state", {"state": State.QUEUED, "why": "our_fault"})], now)
    session.exec(_held(held).values(state=State.QUEUED, lease_owner=None, lease_until=None))
    return State.QUEUED


def expire(session: Session, now: datetime) -> list[str]:
    """Queue again what dead workers held; park what has killed too many of them.

    Returns:
        The ids of those that are queued again.
    """
    rows = session.exec(
        select(SubmissionRow)
        .where(SubmissionRow.state == State.RUNNING, col(SubmissionRow.lease_until) < now)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        held = Claim(submission=row.id, attempt=row.attempt, worker=row.lease_owner or "")
        state = State.PARKED if row.faults + 1 >= MOST_FAULTS else State.QUEUED
        add_events(session, held, [("state", {"state": state, "why": "worker_died"})], now)
        session.refresh(row)
        row.faults += 1
        row.state = state
        row.lease_owner = row.lease_until = None
        row.ended_at = now if state is State.PARKED else None
        session.flush()
    return [row.id for row in rows if row.state == State.QUEUED]


def _end(session: Session, held: Claim, report: Report, state: State, now: datetime) -> None:
    add_events(session, held, [("state", {"state": state, "verdict": report.verdict})], now)
    session.exec(
        _held(held).values(
            state=state,
            ended_at=now,
            lease_owner=None,
            lease_until=None,
            verdict=report.verdict,
            earned=report.score.earned,
            undecided=report.score.undecided,
            possible=report.score.possible,
            commit=report.source.commit if report.source else None,
        )
    )
    session.merge(
        ReportRow(
            submission=held.submission,
            attempt=held.attempt,
            schema_version=report.schema_version,
            content=zlib.compress(report.model_dump_json().encode()),
        )
    )
    session.flush()


def _held(held: Claim):  # type: ignore[no-untyped-def]  # SQLAlchemy's Update is generic inside
    """The update of the submission, as long as this attempt is the one that runs."""
    return update(SubmissionRow).where(
        col(SubmissionRow.id) == held.submission,
        col(SubmissionRow.attempt) == held.attempt,
        col(SubmissionRow.state) == State.RUNNING,
        col(SubmissionRow.lease_owner) == held.worker,
    )
