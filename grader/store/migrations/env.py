"""Alembic's entry: migrations run on the connection that :mod:`grader.store.schema` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from grader.store import tables

assert tables.SubmissionRow.metadata is SQLModel.metadata
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    # SQLite cannot alter most of a table: Alembic makes it anew and copies the rows.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
