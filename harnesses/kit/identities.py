"""What browsers, scripts and tools call themselves, so that no client is the one an app knows."""

from __future__ import annotations

import string
from random import Random

IDENTITIES = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "curl/8.14.1",
    "PostmanRuntime/7.44.0",
    "axios/1.9.0",
    "okhttp/5.0.0",
)


def identity(number: int) -> str:
    """One of them; neighbours differ."""
    return IDENTITIES[number % len(IDENTITIES)]


def stranger(random: Random) -> dict[str, str]:
    """The header of a client that nobody can know: its name is made up for the occasion.

    It differs in what else could give a client away, too: order and number of its fields, and how
    it says that it takes JSON.
    """
    name = random.choice(string.ascii_uppercase) + "".join(random.choices("aeilmnorstu", k=6))
    return {
        "Accept-Language": "en",
        "Accept": "application/json, */*;q=0.5",
        "User-Agent": f"{name}/{random.randint(1, 9)}.{random.randint(0, 20)}",
    }
