"""The schema: from nothing to the newest and back, as the tables say, on both databases."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from grader.errors import GraderError, UsageError
from grader.store import Database, schema, tables
from grader.store.types import UtcDateTime
from tests.store.test_leases import add, read

assert tables.SubmissionRow.metadata is SQLModel.metadata


def test_migrations_make_what_the_tables_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        different = [
            change
            for change in compare_metadata(context, SQLModel.metadata)
            if not isinstance(change, list) or not isinstance(change[0][-1], UtcDateTime)
        ]
    assert different == []
    assert schema.current(database) == schema.newest()


def test_down_and_up_again(database: Database) -> None:
    schema.downgrade(database, "base")
    assert schema.current(database) is None
    schema.upgrade(database)
    (ident,) = add(database)
    assert read(database, ident).owner == "ada"


def test_services_that_start_at_once_migrate_one_after_the_other(database: Database) -> None:
    schema.downgrade(database, "base")
    program = (
        "import sys\nfrom grader.store import Database, schema\n"
        "input()\nschema.upgrade(Database.open(sys.argv[1]))"
    )
    url = database.engine.url.render_as_string(hide_password=False)
    services = [
        subprocess.Popen([sys.executable, "-c", program, url], stdin=subprocess.PIPE)
        for _ in range(3)
    ]
    time.sleep(1.5)  # the imports, so that they begin together
    for service in services:
        assert service.stdin
        service.stdin.write(b"\n")
        service.stdin.flush()
        service.stdin.close()
    assert [service.wait(60) for service in services] == [0, 0, 0]
    assert schema.current(database) == schema.newest()


def test_a_newer_database_is_left_alone(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(GraderError) as refused:
        schema.upgrade(database)
    assert refused.value.code == "store.newer"
    assert schema.current(database) == "9999"


@pytest.mark.parametrize("url", ["mysql://host/name", "nonsense", "sqlserver+pyodbc://x"])
def test_other_databases_are_refused_in_words(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        Database.open(url)
    assert refused.value.code == "store.url"


def test_a_database_that_is_away_says_so(tmp_path: Path) -> None:
    away = Database.open("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(GraderError) as failed, away.reading() as session:
        away.now(session)
    assert failed.value.code == "store.unreachable"


def test_a_writer_waits_for_another_and_then_says_that_it_is_busy(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    schema.upgrade(database)
    add(database)
    with database.writing() as holder:
        database.now(holder)
        holder.connection()
        with pytest.raises(GraderError) as failed:
            add(database)
    assert failed.value.code == "store.busy"
