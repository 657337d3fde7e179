"""Telling an app that floods its log from one that prints a lot. Pure.

The engine copies every line that a container prints; a loop that prints costs it a CPU. It does
not say how much was printed, but it keeps the last one to two MB, so the time from the oldest line
to the newest says how fast they came.
"""

from __future__ import annotations

# All that is kept came within so short a time: two MB a second and more. An app that logs every
# request of a load test stays below a quarter of that.
WINDOW_S = 0.5
# So often in a row, at one look a second: a burst (a large traceback, a dump) passes.
LOOKS = 5


class Flood:
    """Watches the log of one app."""

    def __init__(self) -> None:
        self._newest = 0.0
        self._hits = 0

    def goes_on(self, window: tuple[float, float] | None) -> bool:
        """Whether the app has flooded its log for some seconds now.

        Args:
            window: When the oldest and the newest line that is kept were printed; None without
                any line.
        """
        if window is None:
            self._hits = 0
            return False
        oldest, newest = window
        flooding = newest - oldest < WINDOW_S and newest > self._newest
        self._hits = self._hits + 1 if flooding else 0
        self._newest = newest
        return self._hits >= LOOKS
