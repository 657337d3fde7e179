"""``@check``: a test function that speaks for a criterion of the rubric."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

ATTRIBUTE = "grader_check"
Function = TypeVar("Function", bound=Callable[..., None])


@dataclass(frozen=True)
class Declaration:
    """What ``@check`` says of a test function.

    ``points`` may be left out where the criterion has this check alone: it is worth them all.
    """

    criterion: str
    points: int | None
    title: str
    hint: str


def check(
    criterion: str, *, points: int | None = None, title: str = "", hint: str = ""
) -> Callable[[Function], Function]:
    """Declare a test function as a check.

    Args:
        criterion: Id of the criterion it speaks for; the rubric must have it.
        points: What it is worth; the checks of a criterion add up to the criterion's points.
        title: What the app does, as a statement; default: the function's name in words.
        hint: One thing to try when it fails; default: the criterion's hint.
    """

    def declare(function: Function) -> Function:
        words = title or function.__name__.removeprefix("test_").replace("_", " ").capitalize()
        setattr(function, ATTRIBUTE, Declaration(criterion, points, words, hint))
        return function

    return declare


def declaration_of(function: Any) -> Declaration | None:
    """What ``@check`` said of the function; None for a test without it."""
    found = getattr(function, ATTRIBUTE, None)
    return found if isinstance(found, Declaration) else None
