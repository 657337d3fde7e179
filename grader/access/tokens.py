"""Tokens: made, recognised, listed, revoked."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from grader.access.secret import digest, new_secret, well_formed
from grader.domain.base import Frozen
from grader.domain.records import Scope, Token
from grader.errors import AccessError, NotFoundError
from grader.store import Database, tokens
from grader.store.tokens import USED_EVERY

MOST_LISTED = 200


class Issued(Frozen):
    """A new token with its secret, which is shown this once."""

    token: Token
    secret: str


def issue(
    database: Database, person: str, scope: Scope, name: str, lifetime: timedelta | None = None
) -> Issued:
    """Make a token.

    Args:
        database: Where it is kept; of its secret only a digest.
        person: Whose it is; made known if they are not.
        scope: What it may do.
        name: What its owner calls it.
        lifetime: How long it may be used; None: until it is revoked.
    """
    secret = new_secret(scope)
    with database.writing() as session:
        now = database.now(session)
        token = Token(
            id=f"tok_{secrets.token_hex(8)}",
            person=person,
            scope=scope,
            name=name,
            created_at=now,
            expires_at=now + lifetime if lifetime else None,
        )
        tokens.add(session, token, digest(secret))
    return Issued(token=token, secret=secret)


def authenticate(database: Database, secret: str) -> Token:
    """The token with that secret.

    Raises:
        AccessError: ``access.malformed``, ``access.unknown``, ``access.revoked`` or
            ``access.expired``.
    """
    if not well_formed(secret):
        raise AccessError("access.malformed")
    now = datetime.now(UTC)
    with database.reading() as session:
        token = tokens.by_digest(session, digest(secret))
    if token is None:
        raise AccessError("access.unknown")
    if token.revoked_at is not None:
        raise AccessError("access.revoked", name=token.name)
    if token.expires_at is not None and token.expires_at <= now:
        raise AccessError("access.expired", name=token.name)
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        with database.writing() as session:
            tokens.used(session, token, now)
    return token


def listed(database: Database, caller: Token) -> list[Token]:
    """The newest tokens: the caller's own, or everybody's for an operator."""
    everybody = caller.scope is Scope.OPERATOR
    with database.reading() as session:
        return tokens.of_person(session, None if everybody else caller.person, MOST_LISTED)


def revoke(database: Database, caller: Token, token_id: str) -> None:
    """End a token at once; one that is revoked stays so.

    Raises:
        NotFoundError: ``access.no_token`` if there is none that the caller may revoke.
    """
    with database.writing() as session:
        token = tokens.get(session, token_id)
        own = token is not None and token.person == caller.person
        if token is None or not (own or caller.scope is Scope.OPERATOR):
            raise NotFoundError("access.no_token", wanted=token_id)
        tokens.revoke(session, token_id, database.now(session))
