"""What counts as flooding a log, as a table of looks at it."""

from __future__ import annotations

import pytest

from worker.sandbox.flood import LOOKS, Flood

Window = tuple[float, float] | None


def looks(*windows: Window) -> bool:
    """What the last of several looks, one a second, says."""
    flood = Flood()
    said = False
    for window in windows:
        said = flood.goes_on(window)
    return said


FLOOD: list[Window] = [(second + 0.7, second + 0.9) for second in range(LOOKS)]


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        ([None] * 20, False),
        (FLOOD, True),
        (FLOOD[:-1], False),
        ([*FLOOD[:-1], (0.0, 9.0), FLOOD[-1]], False),
        ([*FLOOD[:-1], None, (9.7, 9.9)], False),
        # A burst, and then silence: the same lines are seen again and again.
        ([(0.1, 0.4)] * 20, False),
        # Printing since the start, little enough that all of it is kept.
        ([(0.1, float(second)) for second in range(1, 20)], False),
        # A log that turns over every two seconds.
        ([(float(second), second + 2.0) for second in range(20)], False),
    ],
)
def test_looks(windows: list[Window], said: bool) -> None:
    assert looks(*windows) is said
