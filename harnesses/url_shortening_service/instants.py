"""Time stamps in whichever form an app writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from harnesses.kit import CheckFailed, Reply

# Seconds since 1970 reach this in the year 5138; milliseconds passed it in 1973.
FIRST_MILLISECONDS = 1e11


def instant(value: Any, reply: Reply) -> datetime:
    """A time in ISO 8601 (without an offset: UTC), or in seconds or milliseconds since 1970.

    Args:
        value: What the app sent; numbers may be text.
        reply: The answer it was in, for evidence.

    Raises:
        CheckFailed: If it cannot be read as a time.
    """
    try:
        number = None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = None
    try:
        if number is not None:
            seconds = number / 1000 if abs(number) >= FIRST_MILLISECONDS else number
            return datetime.fromtimestamp(seconds, UTC)
        moment = datetime.fromisoformat(str(value).strip())
    except (ValueError, OverflowError, OSError) as error:
        raise CheckFailed(
            "a time stamp cannot be read",
            expected="ISO 8601, such as 2026-03-01T09:30:00Z",
            actual=repr(value),
            exchange=reply.exchange,
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
