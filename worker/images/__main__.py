"""``python -m worker.images [--all]``: what ``make setup`` runs before anything else works."""

from __future__ import annotations

import sys

from grader.errors import PlatformError
from grader.settings import settings
from worker.images.prepare import prepare


def main(arguments: list[str]) -> int:
    """Make what is missing; returns the exit code (3: our own fault)."""
    try:
        prepare(settings(), print, all_of_them="--all" in arguments)
    except PlatformError as error:
        print(f"error: {error.title}", error.log, f"hint: {error.hint}", sep="\n", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
