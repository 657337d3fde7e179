"""What the service keeps, and the only SQL.

Functions take the session they work in, so that a use case decides what is one transaction:

    with database.writing() as session:
        tokens.add(session, ...)
"""

from sqlmodel import Session

from grader.store.database import Database, TakenError

__all__ = ["Database", "Session", "TakenError"]
