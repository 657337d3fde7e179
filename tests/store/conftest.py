"""Both databases."""

from tests.support.databases import database, postgres_server

__all__ = ["database", "postgres_server"]
