"""``/tokens``: made, listed, revoked."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from grader.access import issue, listed, revoke
from grader.api import problems
from grader.api.callers import Caller, Operator
from grader.api.models import NewlyIssued, NewToken, TokenList
from grader.api.service import Here

router = APIRouter(prefix="/tokens", tags=["tokens"])


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems.responses(401, 403, 413, 422, 503),
    summary="Make a token",
)
def make(wanted: NewToken, service: Here, _caller: Operator) -> NewlyIssued:
    """A new token; its secret is in this answer and nowhere else."""
    lifetime = timedelta(days=wanted.days) if wanted.days else None
    made = issue(service.database, wanted.person, wanted.scope, wanted.name, lifetime)
    return NewlyIssued(token=made.token, secret=made.secret)


@router.get("", responses=problems.responses(401, 503), summary="List tokens")
def list_tokens(service: Here, caller: Caller) -> TokenList:
    """Your own, or everybody's newest with a token of an operator."""
    return TokenList(items=listed(service.database, caller))


@router.delete(
    "/{token}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems.responses(401, 404, 422, 503),
    summary="Revoke a token",
)
def revoke_one(
    token: Annotated[str, Path(pattern=r"^tok_[0-9a-f]{16}$")], service: Here, caller: Caller
) -> None:
    """It may not be used from now on; that of another person takes a token of an operator."""
    revoke(service.database, caller, token)
