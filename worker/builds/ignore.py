"""``.dockerignore`` as Docker's clients read it; the engine itself does not apply it.

Rules from moby's ``patternmatcher``: the last pattern that matches decides, ``!`` takes back, a
folder that matches takes everything below it along, ``**`` stands for any number of folders.
Matching is done part by part without backtracking, so that no pattern can be slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import normpath

MAX_PATTERNS = 1000


@dataclass(frozen=True, slots=True)
class _Pattern:
    parts: tuple[str, ...]
    negated: bool


class Ignore:
    """The patterns of one ``.dockerignore``."""

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.split("\n")]
        patterns = [_pattern(line) for line in lines if line and not line.startswith("#")]
        self._patterns = [p for p in patterns[:MAX_PATTERNS] if p.parts]

    def excludes(self, path: str) -> bool:
        """Whether a file is left out."""
        parts = tuple(path.split("/"))
        for pattern in reversed(self._patterns):
            if any(matches(pattern.parts, parts[:n]) for n in range(len(parts), 0, -1)):
                return not pattern.negated
        return False


def _pattern(line: str) -> _Pattern:
    negated = line.startswith("!")
    cleaned = normpath(line.removeprefix("!").strip()).lstrip("/")
    return _Pattern(tuple(cleaned.split("/")) if cleaned not in ("", ".") else (), negated)


def matches(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether a pattern matches a whole path, both split at ``/``."""
    # reached[j]: the pattern so far matches the first j parts.
    reached = [True] + [False] * len(parts)
    for piece in pattern:
        following = [False] * (len(parts) + 1)
        if piece == "**":
            any_yet = False
            for j, now in enumerate(reached):
                any_yet = any_yet or now
                following[j] = any_yet
        else:
            for j, part in enumerate(parts):
                following[j + 1] = reached[j] and glob(piece, part)
        reached = following
    return reached[-1]


def glob(pattern: str, name: str) -> bool:
    """Go's ``path.Match`` within one name: ``*``, ``?``, ``[a-z]``, backslash."""
    at = position = 0
    star: tuple[int, int] | None = None
    while position < len(name):
        length = _one(pattern, at, name[position])
        if at < len(pattern) and pattern[at] == "*":
            star = (at + 1, position)
            at += 1
        elif length:
            at += length
            position += 1
        elif star:
            # The star takes one more sign; only the last star is ever tried again.
            star = (star[0], star[1] + 1)
            at, position = star
        else:
            return False
    return not pattern[at:].strip("*")


def _one(pattern: str, at: int, sign: str) -> int:
    """How much of the pattern one sign uses up; 0 if it does not fit."""
    if at >= len(pattern):
        return 0
    first = pattern[at]
    if first == "?":
        return 1
    if first == "\\" and at + 1 < len(pattern):
        return 2 if pattern[at + 1] == sign else 0
    if first == "[" and (end := pattern.find("]", at + 2)) > 0:
        inside = pattern[at + 1 : end]
        wanted = not inside.startswith("^")
        return end + 1 - at if _in_class(inside.lstrip("^"), sign) == wanted else 0
    return 1 if first == sign else 0


def _in_class(inside: str, sign: str) -> bool:
    i = 0
    while i < len(inside):
        if i + 2 < len(inside) and inside[i + 1] == "-":
            if inside[i] <= sign <= inside[i + 2]:
                return True
            i += 3
        else:
            if inside[i] == sign:
                return True
            i += 1
    return False
