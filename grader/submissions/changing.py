"""Changing a submission: cancel it, grade it once more."""

from __future__ import annotations

from grader.domain.records import Record, Token
from grader.errors import ConflictError
from grader.store import Database, submissions
from grader.submissions.reading import find


def cancel(database: Database, caller: Token, submission: str) -> Record:
    """Cancel a submission that has not ended; whoever grades it stops within seconds.

    Raises:
        NotFoundError: ``submission.not_found``.
        ConflictError: ``submission.ended`` if it has ended otherwise.
    """
    before = find(database, caller, submission)
    with database.writing() as session:
        after = submissions.cancel(session, submission, database.now(session)) or before
    if after.state != "cancelled":
        raise ConflictError("submission.ended", wanted=submission, state=after.state)
    return after


def rebuild(database: Database, caller: Token, submission: str) -> Record:
    """Grade a submission once more: what was fetched, with the same data, from the build on.

    Raises:
        NotFoundError: ``submission.not_found``.
        ConflictError: ``submission.not_ended`` while it waits or is graded.
    """
    before = find(database, caller, submission)
    with database.writing() as session:
        after = submissions.requeue(session, submission)
    if after is None:
        raise ConflictError("submission.not_ended", wanted=submission, state=before.state)
    return after
