"""What the API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from grader.domain.project import SLUG, Project, Rubric
from grader.domain.records import Record, Scope, State, Token
from grader.domain.verdicts import Verdict
from grader.submissions import Queueing
from grader.submissions.address import GIT_URL

# PostgreSQL refuses NUL, and nothing that is asked for needs a control sign.
PLAIN = r"^[^\x00-\x1f\x7f]*$"
PERSON = r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$"
PROJECT = "Slug of a project, as in `GET /projects`"
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
Long = Annotated[str, StringConstraints(max_length=2000, pattern=PLAIN)]
Slug = Annotated[str, StringConstraints(max_length=64, pattern=SLUG)]


class _Given(BaseModel):
    """What a client sends: fields that nobody knows are mistakes."""

    model_config = ConfigDict(extra="forbid")


class GitSource(_Given):
    """A git repository."""

    location: Annotated[Long, Field(min_length=1)] = Field(
        description="Its https URL; the page of a folder does as well",
        # For the document only: what does not match is refused with words of its own.
        json_schema_extra={"pattern": GIT_URL},
    )
    ref: Short | None = Field(default=None, description="Branch, tag or commit; default: HEAD")
    path: Long = Field(default="", description="The sub-folder that holds the project")


class NewSubmission(_Given):
    """What to grade."""

    project: Slug = Field(description=PROJECT)
    source: GitSource


class NewToken(_Given):
    """A token to make."""

    person: Annotated[str, StringConstraints(pattern=PERSON)] = Field(
        description="Whose it is: a name for life, such as a login"
    )
    scope: Scope
    name: Short = Field(description="What its owner calls it")
    days: int | None = Field(default=None, ge=1, le=3650, description="Lifetime; null: no end")


class WantedRescoring(_Given):
    """How to score a project's submissions again."""

    apply: bool = Field(default=False, description="Keep the new points; false: look only")
    cursor: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")] | None = Field(
        default=None, description="Of the page before, from its answer"
    )
    limit: int = Field(default=100, ge=1, le=500)


class Source(BaseModel):
    """What was handed in."""

    kind: Literal["git", "archive"]
    location: str
    ref: str | None
    path: str
    commit: str | None = Field(description="What was graded, for git")


class Points(BaseModel):
    """Points of the whole rubric."""

    earned: float
    undecided: float = Field(description="Nobody could decide them; never counted as lost")
    possible: int


class Links(BaseModel):
    """Where to go from here."""

    self: str
    events: str
    report: str


class SubmissionView(BaseModel):
    """A submission and how far it is."""

    id: str
    project: str
    owner: str
    source: Source
    state: State
    attempt: int = Field(description="How often a worker has begun it")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    verdict: Verdict | None = Field(description="How the grade ended")
    score: Points | None
    queue: Queueing | None = Field(default=None, description="While it waits: for how long")
    links: Links


class SubmissionPage(BaseModel):
    """Some submissions."""

    items: list[SubmissionView]
    cursor: str | None = Field(description="Send it back for the next page; null: this is the last")


class NewlyIssued(BaseModel):
    """A new token; its secret is shown this once."""

    token: Token
    secret: str


class TokenList(BaseModel):
    """Tokens without their secrets."""

    items: list[Token]


class ProjectSummary(BaseModel):
    """A project of the catalogue."""

    slug: str
    title: str
    summary: str
    level: str
    version: str
    kind: str = Field(description="`http`, `command` or `library`")


class ProjectList(BaseModel):
    """The catalogue."""

    items: list[ProjectSummary]


class ProjectView(ProjectSummary):
    """A project with everything a learner reads."""

    brief: str = Field(description="Markdown")
    rubric: Rubric
    openapi: str | None = Field(description="The OpenAPI document, YAML; null where none is graded")


def submission_view(record: Record, queue: Queueing | None = None) -> SubmissionView:
    """A record as clients see it."""
    here = f"/api/v1/submissions/{record.id}"
    asked = record.asked
    return SubmissionView(
        id=record.id,
        project=asked.project,
        owner=record.owner,
        source=Source(
            kind=asked.kind,
            location=asked.location,
            ref=asked.ref,
            path=asked.path,
            commit=record.commit,
        ),
        state=record.state,
        attempt=record.attempt,
        created_at=record.created_at,
        started_at=record.started_at,
        ended_at=record.ended_at,
        verdict=record.verdict,
        score=_points(record),
        queue=queue,
        links=Links(self=here, events=f"{here}/events", report=f"{here}/report"),
    )


def _points(record: Record) -> Points | None:
    if record.earned is None or record.undecided is None or record.possible is None:
        return None
    return Points(earned=record.earned, undecided=record.undecided, possible=record.possible)


def project_summary(project: Project) -> ProjectSummary:
    """A project as a row of the catalogue."""
    return ProjectSummary(
        slug=project.slug,
        title=project.title,
        summary=project.summary,
        level=project.level,
        version=project.version,
        kind=project.run.kind,
    )
