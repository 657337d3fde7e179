"""Databases for tests: SQLite and PostgreSQL, both real, each test with one of its own."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.store import Database, schema
from tests.support.servers import Postgres, postgres

EMPTY = "grader_empty"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One server for all tests, with an empty database of the newest schema to copy."""
    with tempfile.TemporaryDirectory(prefix="grader-postgres-") as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder, "data")) as server:
            database = Database.open(server.make(EMPTY))
            schema.upgrade(database)
            database.close()
            yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of the newest schema."""
    if request.param == "sqlite":
        opened = Database.open(f"sqlite:///{tmp_path / 'grader.db'}")
        schema.upgrade(opened)
    else:
        server: Postgres = request.getfixturevalue("postgres_server")
        opened = Database.open(server.make(f"test_{secrets.token_hex(6)}", EMPTY))
    yield opened
    opened.close()
