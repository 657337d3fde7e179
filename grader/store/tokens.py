"""People and their tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select, update

from grader.domain.records import Scope, Token
from grader.store.tables import PersonRow, TokenRow

# Each use would otherwise be a write.
USED_EVERY = timedelta(minutes=1)
# Asked for with every request; made once.
_BY_DIGEST = select(TokenRow).where(TokenRow.secret_digest == bindparam("digest"))


def add_person(session: Session, person: str, now: datetime) -> None:
    """Make a person known; one who is stays as they are."""
    if session.get(PersonRow, person) is None:
        session.add(PersonRow(id=person, created_at=now))
        session.flush()


def add(session: Session, token: Token, secret_digest: str) -> None:
    """Keep a new token; its person is made known first."""
    add_person(session, token.person, token.created_at)
    session.add(TokenRow(**token.model_dump(), secret_digest=secret_digest))
    session.flush()


def by_digest(session: Session, secret_digest: str) -> Token | None:
    """The token whose secret has this digest, whether or not it may still be used."""
    row = session.execute(_BY_DIGEST, {"digest": secret_digest}).scalar_one_or_none()
    return _token(row) if row else None


def of_person(session: Session, person: str | None, limit: int) -> list[Token]:
    """The newest tokens of a person, or of everybody; revoked ones as well."""
    query = select(TokenRow).order_by(col(TokenRow.created_at).desc(), col(TokenRow.id))
    if person is not None:
        query = query.where(TokenRow.person == person)
    return [_token(row) for row in session.exec(query.limit(limit))]


def get(session: Session, token_id: str) -> Token | None:
    """One token by its id."""
    row = session.get(TokenRow, token_id)
    return _token(row) if row else None


def count_with(session: Session, scope: Scope) -> int:
    """How many tokens of a scope were made, up to two: enough to know whether there is one."""
    query = select(TokenRow.id).where(TokenRow.scope == scope).limit(2)
    return len(session.exec(query).all())


def revoke(session: Session, token_id: str, now: datetime) -> None:
    """End a token; one that is revoked already keeps its time."""
    session.exec(
        update(TokenRow)
        .where(col(TokenRow.id) == token_id, col(TokenRow.revoked_at).is_(None))
        .values(revoked_at=now)
    )


def used(session: Session, token: Token, now: datetime) -> None:
    """Note that a token was used."""
    session.exec(update(TokenRow).where(col(TokenRow.id) == token.id).values(last_used_at=now))


def _token(row: TokenRow) -> Token:
    return Token(**row.model_dump(exclude={"secret_digest"}))
