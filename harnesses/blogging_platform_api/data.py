"""Random posts."""

from __future__ import annotations

import random
import string
from typing import Any

WORDS = [
    *("river", "window", "letter", "garden", "signal", "bridge", "market", "winter", "engine"),
    *("travel", "paper", "silver", "kitchen", "island", "forest", "planet", "number", "shadow"),
    *("ticket", "violin"),
]


def word(rng: random.Random) -> str:
    """A word that no other post holds."""
    return rng.choice("bcdfgklmnprst") + "".join(rng.choices(string.ascii_lowercase, k=11))


def sentence(rng: random.Random, words: int = 6) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def post(rng: random.Random, **fields: Any) -> dict[str, Any]:
    """A post as a client sends it; ``fields`` replace random ones.

    No other post has its title.
    """
    made = {
        "title": f"About {word(rng)}",
        "content": f"{sentence(rng)} {sentence(rng)}",
        "category": rng.choice(WORDS).capitalize(),
        "tags": rng.sample(WORDS, k=rng.randint(2, 4)),
    }
    return {**made, **fields}


def about(rng: random.Random, topic: str, *fields: str) -> dict[str, Any]:
    """A post that holds a word in these fields and in no other."""
    texts = {
        "title": f"More on {topic} today",
        "content": f"{sentence(rng)} All of it leads to {topic} in the end. {sentence(rng)}",
        "category": topic,
    }
    return post(rng, **{name: texts[name] for name in fields})
