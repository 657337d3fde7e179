"""Items and priorities that nobody can know beforehand."""

from __future__ import annotations

from random import Random

_THINGS = (
    "roof", "fence", "lamp", "boat", "oven", "door", "gate", "clock", "piano", "bench", "kite",
    "stove", "tent", "shelf", "drum", "well", "bell", "cart", "mill", "loom", "sail", "rope",
)  # fmt: skip


def items(rng: Random, count: int) -> list[str]:
    """Different items in random order."""
    names = rng.sample(_THINGS, len(_THINGS))
    return [f"{names[n % len(names)]} {rng.randrange(100, 1000)}{n or ''}" for n in range(count)]


def priorities(rng: Random, count: int) -> list[int]:
    """Different priorities in random order, some of them negative."""
    return rng.sample(range(-50, 500), count)
