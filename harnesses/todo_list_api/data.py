"""Random to-dos."""

from __future__ import annotations

import random
import string

VERBS = ("Water", "Call", "Write to", "Clean", "Repair", "Paint", "Return", "Sell")
THINGS = ("the plants", "the neighbours", "the bicycle", "the cellar", "the library", "the boat")


def word(rng: random.Random) -> str:
    """A word that nothing else holds."""
    return rng.choice("bcdfgklmnprst") + "".join(rng.choices(string.ascii_lowercase, k=11))


def todo(rng: random.Random, **fields: str) -> dict[str, str]:
    """A to-do as a client sends it; ``fields`` replace random ones. No other has its title."""
    made = {
        "title": f"{rng.choice(VERBS)} {rng.choice(THINGS)}, {word(rng)}",
        "description": f"Before {rng.randint(1, 12)} o'clock, said {word(rng)}.",
    }
    return {**made, **fields}
