"""Handing in: a request becomes a submission, once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from grader.domain.ids import new_id, new_seed
from grader.domain.records import Asked, Record, Token
from grader.errors import ConflictError, TooManyError
from grader.store import Database, Session, TakenError, kept, submissions


@dataclass(frozen=True, slots=True)
class Upload:
    """An archive that came with the request."""

    content: bytes


def submit(
    database: Database,
    caller: Token,
    asked: Asked,
    upload: Upload | None = None,
    key: str | None = None,
    most_waiting: int | None = None,
) -> Record:
    """Keep a submission: when this returns, it will be graded.

    Args:
        database: Where it is kept.
        caller: Who hands it in.
        asked: What; the project is known to exist.
        upload: The archive, where it is one.
        key: The client's name for this request: its repetition returns what the first one made.
        most_waiting: How many of a learner's may wait at a time; staff may hand in for many.

    Returns:
        The new submission, or the one that the same request made before.

    Raises:
        ConflictError: ``submission.key_reused`` where another request had this key.
        TooManyError: ``submission.too_many`` while as many wait as may.
        PlatformError: If the database does not answer; nothing is kept then.
    """
    fingerprint = _fingerprint(asked, upload)
    most = None if caller.scope.staff else most_waiting
    try:
        return _submit(database, caller, asked, upload, key, fingerprint, most)
    except TakenError:
        # Another request with this key, or with this archive, was quicker by a moment.
        return _submit(database, caller, asked, upload, key, fingerprint, most)


def _submit(
    database: Database,
    caller: Token,
    asked: Asked,
    upload: Upload | None,
    key: str | None,
    fingerprint: str,
    most: int | None,
) -> Record:
    with database.writing() as session:
        if key is not None and (earlier := _answered(session, caller, key, fingerprint)):
            return earlier
        turn = submissions.next_turn(session, caller.person)
        if most is not None and turn.waiting >= most:
            raise TooManyError("submission.too_many", count=turn.waiting)
        if upload is not None:
            digest = kept.add_upload(session, upload.content, turn.now)
            asked = asked.model_copy(update={"upload": digest})
        made = submissions.add(session, new_id(), caller.person, asked, new_seed(), turn)
        if key is not None:
            kept.keep_answer(session, caller.person, key, fingerprint, made.id, turn.now)
        return made


def _answered(session: Session, caller: Token, key: str, fingerprint: str) -> Record | None:
    found = kept.answered(session, caller.person, key)
    if found is None:
        return None
    earlier, submission = found
    if earlier != fingerprint:
        raise ConflictError("submission.key_reused", key=key)
    return submissions.get(session, submission)


def _fingerprint(asked: Asked, upload: Upload | None) -> str:
    digest = hashlib.sha256(asked.model_dump_json().encode())
    if upload is not None:
        digest.update(hashlib.sha256(upload.content).digest())
    return digest.hexdigest()
