"""The database's clock, as a part of any query: those of API and workers may differ."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from grader.store.types import UtcDateTime


class Clock(FunctionElement[Any]):
    """The time at which the database comes to it, not that of the transaction's beginning."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(Clock)
def _of_postgresql(_clock: Clock, _compiler: Any, **_options: Any) -> str:
    return "clock_timestamp()"


@compiles(Clock, "sqlite")
def _of_sqlite(_clock: Clock, _compiler: Any, **_options: Any) -> str:
    # Milliseconds, written as SQLAlchemy writes moments.
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
