"""The API as clients meet it: over HTTP, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.settings import Settings
from grader.store import Database
from tests.api.served import Served, serve
from tests.support.databases import database, postgres_server

__all__ = ["database", "postgres_server"]


@pytest.fixture
def api(database: Database) -> Iterator[Served]:
    """The service, without a worker."""
    with serve(database, Settings(upload_max_mb=1, most_waiting=1_000)) as served:
        yield served
