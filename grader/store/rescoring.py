"""Reports whose points change though nothing was graded again."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select, update

from grader.domain.records import Record, State
from grader.domain.report import Report
from grader.store.submissions import record
from grader.store.tables import EventRow, ReportRow, SubmissionRow


def graded(
    session: Session, project: str, after: str | None, limit: int
) -> Iterator[tuple[Record, Report]]:
    """Submissions of a project that are done, with their reports, oldest first.

    Args:
        session: What to read in.
        project: Its slug.
        after: The id of the last one of the page before.
        limit: Most of a page.
    """
    query = (
        select(SubmissionRow, ReportRow.content)
        .join(ReportRow, col(ReportRow.submission) == col(SubmissionRow.id))
        .where(SubmissionRow.project == project, SubmissionRow.state == State.DONE)
        .order_by(col(SubmissionRow.id))
        .limit(limit)
    )
    if after is not None:
        query = query.where(SubmissionRow.id > after)
    for row, content in session.exec(query):
        yield record(row), Report.model_validate_json(zlib.decompress(content))


def replace(
    session: Session, before: Record, report: Report, why: dict[str, object], now: datetime
) -> bool:
    """Keep other points of the same attempt, and say so in an event.

    Returns:
        False where the submission has moved on meanwhile; nothing is changed then.
    """
    changed = (
        update(SubmissionRow)
        .where(
            col(SubmissionRow.id) == before.id,
            col(SubmissionRow.attempt) == before.attempt,
            col(SubmissionRow.state) == State.DONE,
        )
        .values(
            earned=report.score.earned,
            undecided=report.score.undecided,
            possible=report.score.possible,
            last_event=SubmissionRow.last_event + 1,
        )
        .returning(col(SubmissionRow.last_event))
    )
    number = session.execute(changed).scalar_one_or_none()
    if number is None:
        return False
    content = zlib.compress(report.model_dump_json().encode())
    session.execute(
        update(ReportRow).where(col(ReportRow.submission) == before.id).values(content=content)
    )
    session.add(
        EventRow(
            submission=before.id,
            number=number,
            attempt=before.attempt,
            at=now,
            type="score",
            data=json.dumps(why),
        )
    )
    session.flush()
    return True
