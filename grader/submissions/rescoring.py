"""Scoring what was graded by a rubric that has changed: looked at first, then applied."""

from __future__ import annotations

from pydantic import Field

from grader.domain.base import Frozen
from grader.domain.project import Project
from grader.domain.records import Record, Token
from grader.domain.regrading import rescore
from grader.domain.report import Report
from grader.store import Database, rescoring


class Change(Frozen):
    """Whose points change, and by how much."""

    submission: str
    owner: str
    before: float = Field(description="Points earned so far")
    after: float = Field(description="Points earned by the rubric as it is now")
    undecided: float = Field(
        description="Of the new rubric: what only another grade can decide (`rebuild`)"
    )


class Rescoring(Frozen):
    """One page of it."""

    applied: bool = Field(description="Whether the reports were changed")
    looked_at: int = Field(description="How many submissions of this page were scored again")
    changes: tuple[Change, ...]
    cursor: str | None = Field(description="Send it back for the next page; null: this is the last")


def rescore_page(
    database: Database,
    caller: Token,
    project: Project,
    *,
    apply: bool,
    cursor: str | None,
    limit: int,
) -> Rescoring:
    """Score a page of a project's graded submissions by its rubric as it is now.

    Args:
        database: Where they are.
        caller: Who asks; named in the event of each submission that changes.
        project: The project as its spec says it now.
        apply: Whether to keep the new points; without it nothing is changed.
        cursor: The id of the last one of the page before.
        limit: Most of a page.
    """
    with database.reading() as session:
        found = list(rescoring.graded(session, project.slug, cursor, limit + 1))
    page = found[:limit]
    changes = [
        (record, report, again)
        for record, report in page
        if (again := rescore(report, project)).score != report.score
    ]
    if apply:
        changes = [row for row in changes if _apply(database, caller, *row)]
    return Rescoring(
        applied=apply,
        looked_at=len(page),
        changes=tuple(_change(*row) for row in changes),
        cursor=page[-1][0].id if len(found) > limit else None,
    )


def _apply(
    database: Database, caller: Token, record: Record, before: Report, after: Report
) -> bool:
    why = {
        "why": "rubric_changed",
        "by": caller.person,
        "before": before.score.earned,
        "earned": after.score.earned,
        "undecided": after.score.undecided,
    }
    with database.writing() as session:
        return rescoring.replace(session, record, after, why, database.now(session))


def _change(record: Record, before: Report, after: Report) -> Change:
    return Change(
        submission=record.id,
        owner=record.owner,
        before=before.score.earned,
        after=after.score.earned,
        undecided=after.score.undecided,
    )
