"""Tracebacks in the log of an app: hints send learners there, among thousands of access lines."""

from __future__ import annotations

BEGIN = "Traceback (most recent call last):"
MOST_LINES = 60
"""A traceback that does not end by then is text that only looks like one."""
SHOWN_LINES = 15


def tracebacks(log: str, most: int) -> list[str]:
    """The last different tracebacks of a log, in the order in which they came.

    Args:
        log: What the app printed; of a traceback longer than :data:`SHOWN_LINES` the last lines
            are kept, which name the learner's own line and the exception.
        most: How many at most. Those that end with the same lines count once.
    """
    found: dict[str, None] = {}
    lines = log.splitlines()
    for index, line in enumerate(lines):
        if line.strip().endswith(BEGIN):
            end = _end_of(lines, index + 1)
            if end:
                text = "\n".join([BEGIN, *lines[index + 1 : end][-SHOWN_LINES:]])
                # Again at its last place: what came last matters most.
                found.pop(text, None)
                found[text] = None
    return list(found)[-most:]


def _end_of(lines: list[str], start: int) -> int:
    """The index after the line with the exception; 0 where there is none."""
    for index in range(start, min(start + MOST_LINES, len(lines))):
        line = lines[index]
        if line.strip() and not line.startswith((" ", "\t")):
            return index + 1
    return 0
