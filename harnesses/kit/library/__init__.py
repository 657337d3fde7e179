"""Libraries: a learner's classes, driven from outside.

A small driver runs in the learner's container, does what it is told with the learner's objects
and answers with plain data. Everything that decides is on this side of the line.
Random sequences are in :mod:`harnesses.kit.library.explore`, which takes a while to import.
docs/decisions/0013-a-driver-runs-libraries.md
"""

from harnesses.kit.library.case import Case, Outcome, Raised, Thing
from harnesses.kit.library.counting import TooManyAsked
from harnesses.kit.library.library import Library
from harnesses.kit.library.shape import Interface

__all__ = [
    "Case",
    "Interface",
    "Library",
    "Outcome",
    "Raised",
    "Thing",
    "TooManyAsked",
]
