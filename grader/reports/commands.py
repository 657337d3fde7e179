"""Command lines to copy."""

from __future__ import annotations

import re

_ARGUMENTS = re.compile(r" (-[Hd] '[^']*'(?:\"'\"'[^']*')*)")


def over_lines(curl: str, indent: str = "  ") -> str:
    """A ``curl`` command line with headers and body on lines of their own.

    It means the same to a shell: lines are joined by a backslash, and nothing between quotes
    changes.
    """
    return _ARGUMENTS.sub(lambda match: f" \\\n{indent}{match.group(1)}", curl)
