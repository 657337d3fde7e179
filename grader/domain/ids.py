"""Ids of submissions."""

from __future__ import annotations

import secrets
import time

SEED_BITS = 48


def new_id() -> str:
    """A new submission id: 24 hexadecimal digits, sortable by time, not to be guessed."""
    return f"{int(time.time() * 1000):012x}{secrets.token_hex(6)}"


def new_seed() -> int:
    """A seed for the data that are sent to a submission."""
    return secrets.randbits(SEED_BITS)
