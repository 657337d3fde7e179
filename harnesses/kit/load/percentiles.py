"""Percentiles and bounded samples: the arithmetic of the load phase."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Generic, TypeVar

Value = TypeVar("Value")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies, interpolated between neighbours.

    Args:
        values: In any order.
        share: From 0 (the smallest value) to 1 (the largest).

    Returns:
        The value, in the unit of the values; 0 where there are none.
    """
    if not values:
        return 0.0
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


class Reservoir(Generic[Value]):
    """A sample of bounded size in which each value seen so far is equally likely to be.

    Algorithm R (Vitter 1985, "Random sampling with a reservoir").

    Args:
        size: How many values are kept at most.
        random: Decides which are, once there are more.
    """

    def __init__(self, size: int, random: Random) -> None:
        self.values: list[Value] = []
        self.seen = 0
        self._size = size
        self._random = random

    def add(self, value: Value) -> None:
        self.seen += 1
        if len(self.values) < self._size:
            self.values.append(value)
            return
        slot = self._random.randrange(self.seen)
        if slot < self._size:
            self.values[slot] = value
