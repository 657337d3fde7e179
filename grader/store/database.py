"""The connection to the database: SQLite on one machine, PostgreSQL for a school."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlmodel import Session

from grader.errors import PlatformError, UsageError
from grader.store.clock import Clock

BUSY_S = 5
STATEMENT_S = 30
POOL = 20
_WRITES = "grader_writes"
_NOW = select(Clock())


class TakenError(Exception):
    """Somebody else was quicker to keep something of that name: look again."""


class Database:
    """Where everything is kept. Made by :meth:`open`; may be used from many threads.

    Attributes:
        engine: What both of the following are on.
        reader: Each query is a transaction of its own: no begin and end to wait for.
        writer: Whose transactions write; for migrations.
        sqlite: Whether it is a file of this machine.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"
        self.writer = engine.execution_options(**{_WRITES: True})
        # SQLite needs no way to a server to begin and end, and its readers see one state.
        alone = {} if self.sqlite else {"isolation_level": "AUTOCOMMIT"}
        self.reader = engine.execution_options(**alone)

    @classmethod
    def open(cls, url: str) -> Database:
        """Open a database; nothing is asked of it yet.

        Args:
            url: ``sqlite:////path/to/file`` or ``postgresql://user:password@host/name``.

        Raises:
            UsageError: ``store.url`` for anything else.
        """
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise UsageError("store.url", wanted=url.partition(":")[0]) from error
        match parsed.get_backend_name():
            case "sqlite":
                return cls(_sqlite(parsed))
            case "postgresql" | "postgres":
                return cls(_postgresql(parsed))
            case name:
                raise UsageError("store.url", wanted=name)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries; nothing it changes is kept.

        Raises:
            PlatformError: ``store.unreachable`` or ``store.busy``.
        """
        with in_words(), Session(self.reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are committed at the end, or undone where an error leaves it.

        Raises:
            TakenError: If what has to be unique is not.
            PlatformError: ``store.unreachable`` or ``store.busy``.
        """
        with in_words(), Session(self.writer, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def now(self, session: Session) -> datetime:
        """The database's clock, by which leases run: those of workers may differ."""
        moment: datetime = session.execute(_NOW).scalar_one()
        return moment


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            cause = f"{url.database}: {error.strerror}"
            raise PlatformError("store.unreachable", cause=cause) from error
    engine = create_engine(url, connect_args={"timeout": BUSY_S}, pool_size=POOL)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver's own transactions begin too late: ours begin where we say so.
        connection.isolation_level = None
        # WAL lets readers read while somebody writes; FULL keeps what was committed when the
        # power fails: https://www.sqlite.org/pragma.html#pragma_synchronous
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that becomes a writer half-way may have to be refused: writers say so at once.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    limits = f"-c statement_timeout={STATEMENT_S}s -c lock_timeout={BUSY_S}s"
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"options": limits, "connect_timeout": BUSY_S},
        pool_size=POOL,
    )


@contextmanager
def in_words() -> Iterator[None]:
    """Errors of the connection as errors with words; mistakes of ours stay what they are."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise _worded(error) from error
    except IntegrityError as error:
        raise TakenError(str(error.orig)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise _worded(error) from error
        raise


def _worded(error: DBAPIError) -> PlatformError:
    cause = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
    busy = "locked" in cause or "lock timeout" in cause or "statement timeout" in cause
    return PlatformError("store.busy" if busy else "store.unreachable", cause=cause)
