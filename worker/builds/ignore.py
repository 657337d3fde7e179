"""``.dockerignore`` as Docker's clients read it; the engine itself does not apply it.

Rules from moby's ``patternmatcher``: the last pattern that matches decides, ``!`` takes back, a
folder that matches takes everything below it along, ``**`` stands for any number of folders.
Matching goes part by part without backtracking, and each folder is looked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import dirname, normpath

# Many times what people write; each costs time for every file.
MOST_PATTERNS, MOST_WILD = 1000, 100


@dataclass(frozen=True, slots=True)
class _Pattern:
    text: str
    parts: tuple[str, ...]
    negated: bool

    @property
    def wild(self) -> bool:
        return any(sign in self.text for sign in "*?[\\")

    def matches(self, path: str, parts: tuple[str, ...]) -> bool:
        return matches(self.parts, parts) if self.wild else path == self.text


class Ignore:
    """The patterns of one ``.dockerignore``."""

    def __init__(self, text: str) -> None:
        lines = (line.strip() for line in text.split("\n"))
        found = [_pattern(line) for line in lines if line and not line.startswith("#")]
        patterns = [pattern for pattern in found if pattern.text not in ("", ".")]
        wild = [pattern for pattern in patterns if pattern.wild]
        kept = set(map(id, wild[:MOST_WILD]))
        self._patterns = [p for p in patterns if not p.wild or id(p) in kept][:MOST_PATTERNS]
        self._folders: dict[str, tuple[bool, ...]] = {"": tuple(False for _ in self._patterns)}

    def excludes(self, path: str) -> bool:
        """Whether a file is left out."""
        above = self._matched(dirname(path))
        parts = tuple(path.split("/"))
        for index in range(len(self._patterns) - 1, -1, -1):
            pattern = self._patterns[index]
            if above[index] or pattern.matches(path, parts):
                return not pattern.negated
        return False

    def _matched(self, folder: str) -> tuple[bool, ...]:
        """For each pattern whether it matches a folder or one above it."""
        if folder not in self._folders:
            above = self._matched(dirname(folder))
            parts = tuple(folder.split("/"))
            self._folders[folder] = tuple(
                up or pattern.matches(folder, parts)
                for up, pattern in zip(above, self._patterns, strict=True)
            )
        return self._folders[folder]


def _pattern(line: str) -> _Pattern:
    negated = line.startswith("!")
    text = normpath(line.removeprefix("!").strip()).lstrip("/")
    return _Pattern(text, tuple(text.split("/")), negated)


def matches(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether a pattern matches a whole path, both split at ``/``."""
    # Most do not match by their last part already, which is looked at once.
    if pattern and parts and pattern[-1] != "**" and not glob(pattern[-1], parts[-1]):
        return False
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
        if not any(following):
            return False
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
