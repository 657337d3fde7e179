"""Who calls: the token in the ``Authorization`` header, and what it may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from grader.access import authenticate
from grader.api.service import Here
from grader.domain.records import Scope, Token
from grader.errors import AccessError

_bearer = HTTPBearer(
    scheme_name="token", description="A token of this Grader: `gr_…`", auto_error=False
)


def caller(
    service: Here,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Token:
    """The token that a request carries.

    Raises:
        AccessError: If there is none, or none that may be used.
    """
    if credentials is None:
        raise AccessError("access.missing")
    return authenticate(service.database, credentials.credentials)


Caller = Annotated[Token, Depends(caller)]


def of_scope(*scopes: Scope) -> Callable[[Token], Awaitable[Token]]:
    """A dependency that lets only tokens of these scopes pass.

    Raises:
        AccessError: ``access.scope`` for others.
    """

    async def check(token: Caller) -> Token:
        if token.scope not in scopes:
            raise AccessError("access.scope", scope=token.scope, needed=" or ".join(scopes))
        return token

    return check


Submitter = Annotated[Token, Depends(of_scope(Scope.LEARNER, Scope.ACTION, Scope.INSTRUCTOR))]
Staff = Annotated[Token, Depends(of_scope(Scope.INSTRUCTOR, Scope.OPERATOR))]
Operator = Annotated[Token, Depends(of_scope(Scope.OPERATOR))]
