"""Many seeds from the one of an attempt.

The app sees all that is made of a seed. Python's generator can be wound back to its seed from
enough of that, so each purpose has a seed of its own: nothing that an app is sent tells what it,
or the same app elsewhere, will be sent next.
"""

from __future__ import annotations

import hashlib
import hmac
from random import Random

SEED_BYTES = 8


def derive(seed: int, *purpose: object) -> int:
    """The seed for a purpose.

    Args:
        seed: The attempt's, or one that was derived.
        purpose: What it is for; another purpose gives another seed.
    """
    words = "\0".join(str(word) for word in purpose)
    digest = hmac.digest(str(seed).encode(), words.encode(), hashlib.sha256)
    return int.from_bytes(digest[:SEED_BYTES], "big") >> 1


def randomness(seed: int, *purpose: object) -> Random:
    """A source of test data for a purpose: the same for the same seed."""
    return Random(derive(seed, *purpose))  # noqa: S311 - test data
