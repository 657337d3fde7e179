"""``/submissions``: hand in, look, follow, cancel, grade again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Header, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from grader.api import problems
from grader.api.callers import Caller, Staff, Submitter
from grader.api.models import (
    PLAIN,
    PROJECT,
    Long,
    NewSubmission,
    Short,
    Slug,
    SubmissionPage,
    SubmissionView,
    submission_view,
)
from grader.api.service import Here
from grader.domain.records import Asked, Record, State
from grader.errors import UsageError
from grader.store.submissions import Filter, Sort
from grader.submissions import Upload, cancel, find, list_page, queueing, rebuild, submit
from grader.submissions.address import check_git
from grader.submissions.projects import known_project

router = APIRouter(prefix="/submissions", tags=["submissions"])

ID = r"^[0-9a-f]{24}$"
SubmissionId = Annotated[str, Path(pattern=ID, description="As it was given")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=PLAIN,
        description="Your name for this request: sent again, it makes nothing new",
    ),
]
MIB = 1024 * 1024


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    responses=problems.responses(401, 403, 413, 422, 429, 503),
    summary="Hand in a git repository",
)
def hand_in(
    wanted: NewSubmission,
    service: Here,
    caller: Submitter,
    response: Response,
    background: BackgroundTasks,
    key: Key = None,
) -> SubmissionView:
    """Keep a submission and answer at once; a worker grades it."""
    known_project(service.settings.specs_dir, wanted.project)
    check_git(wanted.source.location)
    asked = Asked(project=wanted.project, kind="git", **wanted.source.model_dump())
    most = service.settings.most_waiting
    record = submit(service.database, caller, asked, key=key, most_waiting=most)
    background.add_task(service.queue.wake)
    return _accepted(record, response)


async def _archive(request: Request, service: Here) -> bytes:
    """The body, as far as it may be long.

    Raises:
        UsageError: ``submission.upload_too_large``, ``submission.upload_empty``,
            ``submission.form`` for what a browser or `curl -F` would send.
    """
    if request.headers.get("content-type", "").startswith("multipart/"):
        raise UsageError("submission.form")
    limit = service.settings.upload_max_mb
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit * MIB:
            raise UsageError("submission.upload_too_large", limit=limit)
    if not content:
        raise UsageError("submission.upload_empty")
    return bytes(content)


@router.post(
    "/archives",
    status_code=HTTPStatus.ACCEPTED,
    responses=problems.responses(401, 403, 413, 422, 429, 503),
    summary="Hand in an archive",
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "A zip or tar file as it is",
            "content": {
                "application/octet-stream": {
                    "schema": {"type": "string", "format": "binary", "minLength": 1}
                }
            },
        }
    },
)
def hand_in_archive(
    project: Annotated[Slug, Query(description=PROJECT)],
    service: Here,
    caller: Submitter,
    content: Annotated[bytes, Depends(_archive)],
    response: Response,
    background: BackgroundTasks,
    name: Annotated[Short, Query(description="What to call it in the report")] = "archive",
    path: Annotated[Long, Query(description="The sub-folder that holds the project")] = "",
    key: Key = None,
) -> SubmissionView:
    """Keep an archive and answer at once: `curl --data-binary @app.zip`; a worker grades it."""
    known_project(service.settings.specs_dir, project)
    asked = Asked(project=project, kind="archive", location=name, path=path)
    most = service.settings.most_waiting
    record = submit(service.database, caller, asked, Upload(content), key, most)
    background.add_task(service.queue.wake)
    return _accepted(record, response)


@router.get("", responses=problems.responses(401, 404, 422, 503), summary="List submissions")
def list_submissions(
    service: Here,
    caller: Caller,
    owner: Annotated[Short | None, Query(description="Of this person only")] = None,
    project: Annotated[Slug | None, Query(description="Of this project only")] = None,
    state: Annotated[State | None, Query(description="In this state only")] = None,
    sort: Annotated[Sort, Query(description="By score: only those that have one")] = "-created_at",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[
        str | None, Query(pattern=ID, description="Of the page before, from its answer")
    ] = None,
) -> SubmissionPage:
    """Those you may see: your own, or everybody's with a token of staff."""
    which = Filter(owner=owner, project=project, state=state)
    page = list_page(service.database, caller, which, sort, cursor, limit)
    return SubmissionPage(items=[submission_view(row) for row in page.records], cursor=page.cursor)


@router.get(
    "/{submission}", responses=problems.responses(401, 404, 422, 503), summary="Look at one"
)
def look(submission: SubmissionId, service: Here, caller: Caller) -> SubmissionView:
    """Where a submission stands; while it waits, for how long it is likely to."""
    record = find(service.database, caller, submission)
    waits = record.state is State.QUEUED
    return submission_view(record, queueing(service.database, submission) if waits else None)


def _followed(submission: SubmissionId, service: Here, caller: Caller) -> str:
    """Before the first byte: whether there is something to follow."""
    return find(service.database, caller, submission).id


@router.get(
    "/{submission}/events",
    response_class=EventSourceResponse,
    responses=problems.responses(401, 404, 422, 503),
    summary="Follow one",
)
async def follow(
    followed: Annotated[str, Depends(_followed)],
    service: Here,
    last: Annotated[
        int, Header(alias="Last-Event-ID", ge=0, le=2**31 - 1, description="The last one you have")
    ] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """Everything that happened and happens, numbered from 1, until the submission ends."""
    async for event in service.watcher.follow(followed, last):
        yield ServerSentEvent(raw_data=event.data, event=event.type, id=str(event.number))


@router.post(
    "/{submission}/cancel",
    responses=problems.responses(401, 404, 409, 422, 503),
    summary="Cancel one",
)
def cancel_one(submission: SubmissionId, service: Here, caller: Caller) -> SubmissionView:
    """End a submission that has not ended; whoever grades it stops within seconds."""
    return submission_view(cancel(service.database, caller, submission))


@router.post(
    "/{submission}/rebuild",
    status_code=HTTPStatus.ACCEPTED,
    responses=problems.responses(401, 403, 404, 409, 422, 503),
    summary="Grade one again",
)
def rebuild_one(
    submission: SubmissionId,
    service: Here,
    caller: Staff,
    response: Response,
    background: BackgroundTasks,
) -> SubmissionView:
    """Build and grade the same commit or archive again, with the same data."""
    record = rebuild(service.database, caller, submission)
    background.add_task(service.queue.wake)
    return _accepted(record, response)


def _accepted(record: Record, response: Response) -> SubmissionView:
    response.headers["Location"] = f"/api/v1/submissions/{record.id}"
    return submission_view(record)
