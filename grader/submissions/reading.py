"""Looking: one submission, a page of them, its place in the queue, its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.domain.base import Frozen
from grader.domain.records import Record, Token
from grader.domain.report import Report
from grader.errors import NotFoundError
from grader.store import Database, kept, submissions
from grader.store.submissions import Filter, Sort

USUAL = 0.5
MOSTLY = 0.9


class Queueing(Frozen):
    """How long a submission that waits will go on waiting, as far as the last grades tell."""

    ahead: int
    workers: int
    usual_seconds: float | None
    at_most_seconds: float | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some submissions, and where the next page begins; None: there is none."""

    records: tuple[Record, ...]
    cursor: str | None


def find(database: Database, caller: Token, submission: str) -> Record:
    """A submission that the caller may see.

    Raises:
        NotFoundError: ``submission.not_found``, also where it is another person's.
    """
    with database.reading() as session:
        record = submissions.get(session, submission)
    if record is None or not (caller.scope.staff or record.owner == caller.person):
        raise NotFoundError("submission.not_found", wanted=submission)
    return record


def list_page(
    database: Database,
    caller: Token,
    which: Filter,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> Page:
    """A page of the submissions that the caller may see.

    Args:
        database: Where they are kept.
        caller: Who looks; learners see their own, whoever's they ask for.
        which: Filters.
        sort: The order.
        cursor: The id of the last one of the page before; None: the first page.
        limit: Most records of a page.

    Raises:
        NotFoundError: ``submission.cursor`` for a cursor that is no submission.
    """
    if not caller.scope.staff:
        if which.owner not in (None, caller.person):
            return Page((), None)
        which = replace(which, owner=caller.person)
    with database.reading() as session:
        after = submissions.get(session, cursor) if cursor else None
        if cursor and after is None:
            raise NotFoundError("submission.cursor", wanted=cursor)
        found = submissions.page(session, which, sort, after, limit + 1)
    shown = found[:limit]
    more = len(found) > limit
    return Page(tuple(shown), shown[-1].id if more else None)


def queueing(database: Database, submission: str) -> Queueing | None:
    """A submission's place in the queue; None if it does not wait.

    The estimate is honest rather than kind: the work of those ahead, at the speed of the last
    fifty grades, over the places of the workers that beat now. Without grades or workers: none.
    """
    with database.reading() as session:
        ahead = submissions.ahead_of(session, submission)
        if ahead is None:
            return None
        seconds = submissions.recent_seconds(session)
        places = kept.slots(session, database.now(session))
    if not seconds or not places:
        return Queueing(ahead=ahead, workers=places, usual_seconds=None, at_most_seconds=None)
    rounds = ahead / places + 1
    return Queueing(
        ahead=ahead,
        workers=places,
        usual_seconds=round(rounds * _quantile(seconds, USUAL), 1),
        at_most_seconds=round(rounds * _quantile(seconds, MOSTLY), 1),
    )


def report_of(database: Database, caller: Token, submission: str) -> Report:
    """The report of a submission that the caller may see, as they may see it.

    Raises:
        NotFoundError: ``submission.not_found``, or ``submission.no_report`` before its end.
    """
    record = find(database, caller, submission)
    with database.reading() as session:
        report = kept.report(session, submission)
    if report is None:
        if record.state.final:
            raise NotFoundError("submission.no_report_ever", wanted=submission, state=record.state)
        raise NotFoundError("submission.no_report", wanted=submission, state=record.state)
    return report if caller.scope.staff else report.model_copy(update={"flags": ()})


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
