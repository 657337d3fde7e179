"""A row of the benchmark table."""

from __future__ import annotations

from statistics import median

from grader.domain.base import Frozen


class Row(Frozen):
    """What was measured and what it should be."""

    name: str
    ratio: float
    goal: float
    unit: str
    met: bool
    at_most: bool = True


def at_most(name: str, value: float, goal: float, unit: str) -> Row:
    """A row whose value must not be above its goal."""
    return Row(name=name, ratio=round(value, 4), goal=goal, unit=unit, met=value <= goal)


def at_least(name: str, value: float, goal: float, unit: str = "ratio") -> Row:
    """A row whose value must not be below its goal."""
    met = value >= goal
    return Row(name=name, ratio=round(value, 4), goal=goal, unit=unit, met=met, at_most=False)


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The ratio of the medians."""
    return median(ours) / median(theirs)
