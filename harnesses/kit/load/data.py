"""Made-up data for load scenarios: the same for the same source of randomness."""

from __future__ import annotations

import string
from random import Random

WORDS = (
    "amber",
    "basil",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "inlet",
    "jetty",
    "knoll",
    "larch",
    "meadow",
    "nectar",
    "orchid",
    "pebble",
    "quartz",
    "raven",
    "saddle",
    "thistle",
    "umber",
    "valley",
    "willow",
    "yarrow",
    "zephyr",
)


def word(random: Random, letters: int = 12) -> str:
    """Letters in a row that nobody else comes up with."""
    return "".join(random.choices(string.ascii_lowercase, k=letters))


def sentence(random: Random, words: int = 8) -> str:
    """Words that read like text and end with a full stop."""
    return f"{' '.join(random.choices(WORDS, k=words)).capitalize()}."


def url(random: Random) -> str:
    """An address that nobody else comes up with; nothing answers there."""
    return f"https://{word(random, 8)}.example/{random.choice(WORDS)}/{word(random)}"
