"""Errors as RFC 9457 problem details, with the same words as in a report or a terminal."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from grader.errors import (
    AccessError,
    ConflictError,
    GraderError,
    NotFoundError,
    PlatformError,
    SubmissionError,
    TooManyError,
    UsageError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_S = 5
MOST_MISTAKES = 20

_log = logging.getLogger(__name__)


class Mistake(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="Such as `body.source.location`")
    cause: str = Field(description="What is wrong there")


class Problem(BaseModel):
    """Why a request was not answered as asked (RFC 9457)."""

    type: str = Field(description="Names the kind of problem; does not change")
    title: str = Field(description="What happened, in a sentence")
    status: int = Field(description="The HTTP status, once more")
    code: str = Field(description="The last part of `type`")
    hint: str = Field(description="One thing to try")
    mistakes: list[Mistake] = Field(default=[], description="Each thing that is wrong with it")


def responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """What a route's documentation says of its problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted(statuses)
    }


def install(app: FastAPI) -> None:
    """Make an app answer every error with a problem."""
    app.add_exception_handler(GraderError, _worded)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unforeseen)


async def _worded(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GraderError)
    if isinstance(error, PlatformError):
        _log.error("%s: %s", error.code, error)
    return answer(status_of(error), error)


def status_of(error: GraderError) -> int:
    """The HTTP status that says whose move it is."""
    match error:
        case AccessError(code="access.scope"):
            return HTTPStatus.FORBIDDEN
        case AccessError():
            return HTTPStatus.UNAUTHORIZED
        case NotFoundError():
            return HTTPStatus.NOT_FOUND
        case ConflictError(code="submission.key_reused"):
            # draft-ietf-httpapi-idempotency-key-header-07, section 2.7
            return HTTPStatus.UNPROCESSABLE_ENTITY
        case ConflictError():
            return HTTPStatus.CONFLICT
        case TooManyError():
            return HTTPStatus.TOO_MANY_REQUESTS
        case UsageError(code="request.too_large" | "submission.upload_too_large"):
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        case UsageError() | SubmissionError():
            return HTTPStatus.UNPROCESSABLE_ENTITY
        case PlatformError(code="store.unreachable" | "store.busy"):
            return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.INTERNAL_SERVER_ERROR


def answer(status: int, error: GraderError, mistakes: list[Mistake] | None = None) -> JSONResponse:
    """An error as a response."""
    problem = Problem(
        type=f"urn:grader:problem:{error.code}",
        title=error.title,
        status=status,
        code=error.code,
        hint=error.hint,
        mistakes=mistakes or [],
    )
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        headers["Retry-After"] = str(RETRY_S)
    return JSONResponse(problem.model_dump(), status, headers, MEDIA_TYPE)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    mistakes = [
        Mistake(where=".".join(str(part) for part in row["loc"])[:200], cause=row["msg"][:300])
        for row in error.errors()[:MOST_MISTAKES]
    ]
    first = mistakes[0]
    worded = UsageError("request.invalid", where=first.where, cause=first.cause)
    return answer(HTTPStatus.UNPROCESSABLE_ENTITY, worded, mistakes)


async def _plain(request: Request, error: Exception) -> JSONResponse:
    """What the framework refuses by itself: no such route, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    status = error.status_code
    match status:
        case HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED:
            path = request.url.path[:200]
            worded = UsageError("request.no_route", method=request.method, path=path)
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            worded = UsageError("request.too_large")
        case _:
            worded = UsageError("request.invalid", where="body", cause=str(error.detail)[:300])
            if status == HTTPStatus.BAD_REQUEST:  # as every other body that cannot be read
                status = HTTPStatus.UNPROCESSABLE_ENTITY
    response = answer(status, worded)
    response.headers.update(error.headers or {})
    return response


async def _unforeseen(_request: Request, _error: Exception) -> JSONResponse:
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, PlatformError("request.failed"))
