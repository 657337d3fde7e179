"""Random posts."""

from __future__ import annotations

import random
import string
from typing import Any

WORDS = (
    "river window letter garden signal bridge market winter engine travel paper silver kitchen "
    "island forest planet number shadow ticket violin"
).split()


def word(rng: random.Random) -> str:
    """A word that no other post holds."""
    return rng.choice("bcdfgklmnprst") + "".join(rng.choices(string.ascii_lowercase, k=11))


def sentence(rng: random.Random, words: int = 6) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def post(rng: random.Random, **fields: Any) -> dict[str, Any]:
    """A post as a client sends it; ``fields`` replace random ones."""
    made = {
        "title": sentence(rng, 3),
        "content": f"{sentence(rng)} {sentence(rng)}",
        "category": rng.choice(WORDS).capitalize(),
        "tags": rng.sample(WORDS, k=rng.randint(1, 3)),
    }
    return {**made, **fields}
