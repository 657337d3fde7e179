"""The schema's version: brought up to date when the service starts."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from grader.errors import PlatformError
from grader.store.database import Database, in_words

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number that nobody else takes: two services that start at once migrate one after the other.
_LOCK = 7_247_137


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision; does nothing where it is there already.

    Raises:
        PlatformError: ``store.newer`` if the database belongs to a newer Grader,
            ``store.unreachable`` if it does not answer.
    """
    with in_words(), database.writer.connect() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            _refuse_newer(connection)
            command.upgrade(_config(connection), revision)
            connection.commit()
        finally:
            if not database.sqlite:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})


def downgrade(database: Database, revision: str) -> None:
    """Bring the schema back to an earlier revision; what only the later ones keep is lost."""
    with database.writer.connect() as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def current(database: Database) -> str | None:
    """The revision that the database is at; None where it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision that this Grader works with."""
    return ScriptDirectory.from_config(_settings()).get_current_head()


def _settings() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _config(connection: Connection) -> Config:
    config = _settings()
    config.attributes["connection"] = connection
    return config


def _refuse_newer(connection: Connection) -> None:
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {
        script.revision for script in ScriptDirectory.from_config(_settings()).walk_revisions()
    }
    if revision is not None and revision not in known:
        raise PlatformError("store.newer", revision=revision)
