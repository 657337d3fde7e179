"""Submissions: kept, found, listed, cancelled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, bindparam, func, insert, or_
from sqlmodel import Session, col, select

from grader.domain.records import Asked, Record, State
from grader.store.clock import Clock
from grader.store.tables import EventRow, SubmissionRow

Sort = Literal["-created_at", "created_at", "-score", "score"]
RECENT = 50

_QUEUED = SubmissionRow.state == State.QUEUED
_OWN = SubmissionRow.owner == bindparam("owner")
# Made once: to make a query costs more than to send it.
_TURNS = select(
    select(func.min(SubmissionRow.turn)).where(_QUEUED).scalar_subquery(),
    select(func.max(SubmissionRow.turn)).where(_QUEUED, _OWN).scalar_subquery(),
    select(func.count()).where(_QUEUED, _OWN).scalar_subquery(),
    Clock(),
)
_ADD = insert(SubmissionRow.__table__)  # type: ignore[attr-defined]
_ADD_EVENT = insert(EventRow.__table__)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which submissions are meant; None: whichever."""

    owner: str | None = None
    project: str | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """When a person's next submission is graded.

    Attributes:
        number: Its place among all.
        waiting: How many of theirs are queued before it.
        now: The database's time.
    """

    number: int
    waiting: int
    now: datetime


def next_turn(session: Session, owner: str) -> Turn:
    """The next turn of a person: each takes one after the other, beside all others.

    Start-time fair queueing (Goyal, Vin and Cheng, 1996) with jobs of one size: a hundred
    submissions of one owner do not delay the first of another.
    """
    first, last, waiting, now = session.execute(_TURNS, {"owner": owner}).one()
    return Turn(max(first or 0, last + 1 if last is not None else 0), waiting, now)


def add(
    session: Session, submission_id: str, owner: str, asked: Asked, seed: int, turn: Turn
) -> Record:
    """Keep a new submission, queued, with its first event."""
    row = SubmissionRow(
        id=submission_id,
        owner=owner,
        **asked.model_dump(exclude={"upload"}),
        upload=asked.upload or None,
        seed=seed,
        state=State.QUEUED,
        turn=turn.number,
        created_at=turn.now,
        last_event=1,
    )
    # Without the bookkeeping of rows that change: this is the busiest path of all.
    session.execute(_ADD, row.model_dump())
    session.execute(_ADD_EVENT, _event(row, State.QUEUED, turn.now).model_dump())
    return record(row)


def get(session: Session, submission_id: str) -> Record | None:
    """One submission."""
    row = session.get(SubmissionRow, submission_id)
    return record(row) if row else None


def page(
    session: Session, which: Filter, sort: Sort, after: Record | None, limit: int
) -> list[Record]:
    """Some submissions in an order; the next page begins after the last one of this."""
    query = select(SubmissionRow)
    for name in ("owner", "project", "state"):
        wanted = getattr(which, name)
        if wanted is not None:
            query = query.where(getattr(SubmissionRow, name) == wanted)
    down = sort.startswith("-")
    ident = col(SubmissionRow.id)
    if sort.endswith("created_at"):  # ids are sortable by time
        order: list[Any] = [ident.desc() if down else ident]
        if after:
            query = query.where(ident < after.id if down else ident > after.id)
    else:
        earned = col(SubmissionRow.earned)
        query = query.where(earned.is_not(None))
        order = [earned.desc(), ident.desc()] if down else [earned, ident]
        if after:
            beyond = earned < after.earned if down else earned > after.earned
            tie = ident < after.id if down else ident > after.id
            query = query.where(or_(beyond, and_(earned == after.earned, tie)))
    return [record(row) for row in session.exec(query.order_by(*order).limit(limit))]


def ahead_of(session: Session, submission_id: str) -> int | None:
    """How many queued submissions have their turn before this one; None if it is not queued."""
    row = session.get(SubmissionRow, submission_id)
    if row is None or row.state != State.QUEUED:
        return None
    turn, ident = col(SubmissionRow.turn), col(SubmissionRow.id)
    before = or_(turn < row.turn, and_(turn == row.turn, ident < row.id))
    query = select(func.count()).where(SubmissionRow.state == State.QUEUED, before)
    return session.exec(query).one()


def queued(session: Session) -> int:
    """How many submissions wait."""
    return session.exec(select(func.count()).where(SubmissionRow.state == State.QUEUED)).one()


def recent_seconds(session: Session) -> list[float]:
    """How long the last grades took, shortest first."""
    query = (
        select(SubmissionRow.started_at, SubmissionRow.ended_at)
        .where(SubmissionRow.state == State.DONE)
        .order_by(col(SubmissionRow.ended_at).desc())
        .limit(RECENT)
    )
    spans = [(end - start).total_seconds() for start, end in session.exec(query) if start and end]
    return sorted(spans)


def cancel(session: Session, submission_id: str, now: datetime) -> Record | None:
    """Cancel a submission: at once, whoever may be grading it; its worker notices and stops.

    Returns:
        What it is afterwards; one that was final before stays as it was. None if there is none.
    """
    row = session.get(SubmissionRow, submission_id, with_for_update=True)
    if row is None or State(row.state).final:
        return record(row) if row else None
    row.state = State.CANCELLED
    row.ended_at = now
    row.lease_owner = row.lease_until = None
    row.last_event += 1
    session.add(_event(row, State.CANCELLED, now))
    session.flush()
    return record(row)


def newest_events(session: Session, ids: Sequence[str]) -> dict[str, int]:
    """The number of the newest event of each of these submissions."""
    query = select(SubmissionRow.id, SubmissionRow.last_event)
    return dict(session.exec(query.where(col(SubmissionRow.id).in_(ids))).all())


def _event(row: SubmissionRow, state: State, now: datetime) -> EventRow:
    """The newest event of a row: it came to a state."""
    return EventRow(
        submission=row.id,
        number=row.last_event,
        attempt=row.attempt,
        at=now,
        type="state",
        data=json.dumps({"state": state}),
    )


def requeue(session: Session, submission_id: str) -> Record | None:
    """Queue a submission that has ended once more, with all its attempts before it.

    Returns:
        What it is afterwards; None if there is none or it has not ended.
    """
    row = session.get(SubmissionRow, submission_id, with_for_update=True)
    if row is None or not State(row.state).final:
        return None
    turn = next_turn(session, row.owner)
    row.turn = turn.number
    row.state, row.faults, row.ended_at, row.started_at = State.QUEUED, 0, None, None
    row.last_event += 1
    session.add(_event(row, State.QUEUED, turn.now))
    session.flush()
    return record(row)


def record(row: SubmissionRow) -> Record:
    """A row as the noun of the domain."""
    asked = {name: getattr(row, name) for name in Asked.model_fields if name != "upload"}
    rest = {name: getattr(row, name) for name in Record.model_fields if name != "asked"}
    return Record(asked=Asked(**asked, upload=row.upload or ""), **rest)
