"""Tracebacks in the log of an app: hints send learners there, among thousands of access lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

BEGIN = "Traceback (most recent call last):"
MOST_LINES = 60
"""A traceback that does not end by then is text that only looks like one."""
SHOWN_LINES = 15
LINES_ABOVE = 2
_METHODS = re.compile(r"\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b")
# What names a request: a path, with or without a method.
_REQUEST = re.compile(r"(?:^|\s)/")
# An access line, as of the request before: "GET /posts HTTP/1.1" 200.
_WENT_WELL = re.compile(r"HTTP/\d(?:\.\d)?\" [1-4]\d\d\b")


def tracebacks(log: str, most: int) -> list[str]:
    """The last different tracebacks of a log, in the order in which they came.

    Args:
        log: What the app printed; of a traceback longer than :data:`SHOWN_LINES` the last lines
            are kept, which name the learner's own line and the exception.
        most: How many at most. Those that end with the same lines count once.
    """
    found: dict[str, None] = {}
    for _, text in _every(log.splitlines()):
        # Again at its last place: what came last matters most.
        found.pop(text, None)
        found[text] = None
    return list(found)[-most:]


def traceback_for(log: str, method: str, path: str) -> str:
    """The last traceback that was printed for a request, as far as the lines above it tell.

    Flask, Django and Tornado name the request in the line above, uvicorn one line higher.

    Args:
        log: What the app printed.
        method: Of the request, in capitals.
        path: Of the request, without its query.

    Returns:
        Cut like those of :func:`tracebacks`; empty where none is known to be of this request.
    """
    lines = log.splitlines()
    last = ""
    for begin, text in _every(lines):
        above = reversed(lines[max(0, begin - LINES_ABOVE) : begin])
        nearest = next((line for line in above if _REQUEST.search(line)), "")
        if _names(nearest, method, path):
            last = text
    return last


def _names(line: str, method: str, path: str) -> bool:
    """Whether a line speaks of the request and not of one that went well."""
    if _WENT_WELL.search(line) or set(_METHODS.findall(line)) - {method}:
        return False
    return bool(re.search(rf"(?<![\w/]){re.escape(path)}(?![\w/%.-])", line))


def _every(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The tracebacks of a log: in which line each begins, and its text, cut."""
    for index, line in enumerate(lines):
        if line.strip().endswith(BEGIN) and (end := _end_of(lines, index + 1)):
            yield index, "\n".join([BEGIN, *lines[index + 1 : end][-SHOWN_LINES:]])


def _end_of(lines: list[str], start: int) -> int:
    """The index after the line with the exception; 0 where there is none."""
    for index in range(start, min(start + MOST_LINES, len(lines))):
        line = lines[index]
        if line.strip() and not line.startswith((" ", "\t")):
            return index + 1
    return 0
