"""Time stamps in whichever form an app writes them; their form is the contract's business."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from harnesses.kit import CheckFailed, Reply

# Seconds since 1970 reach this in the year 5138; milliseconds passed it in 1973.
FIRST_MILLISECONDS = 1e11


def instant(value: Any, reply: Reply) -> datetime:
    """A time in ISO 8601 (without an offset: UTC), as in HTTP headers, or as a count since 1970.

    Args:
        value: What the app sent; a count is of seconds or milliseconds.
        reply: The answer it was in, for evidence.

    Raises:
        CheckFailed: If it cannot be read as a time.
    """
    try:
        moment = _read(value)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise CheckFailed(
            f"a time in the answer to {reply.request} cannot be read",
            expected="ISO 8601, such as 2026-03-01T09:30:00Z",
            actual=repr(value),
            exchange=reply.exchange,
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read(value: Any) -> datetime:
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if abs(value) >= FIRST_MILLISECONDS else value
        return datetime.fromtimestamp(seconds, UTC)
    text = str(value).strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)
