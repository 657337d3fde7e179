"""One wall clock for a whole fetch."""

from __future__ import annotations

import time

from grader.errors import SubmissionError


class Deadline:
    """The moment at which a fetch has taken too long.

    Args:
        seconds: How long it may take, counted from now.
        location: What is fetched, for the message; without credentials.
    """

    def __init__(self, seconds: float, location: str) -> None:
        self.seconds = seconds
        self._location = location
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain; more than zero.

        Raises:
            SubmissionError: ``source.timeout`` if none remain.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> SubmissionError:
        """The error for a fetch that took too long."""
        return SubmissionError("source.timeout", location=self._location, seconds=self.seconds)
