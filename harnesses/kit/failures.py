"""What a check can raise, and what it means for the learner's points.

CheckFailed      the app does not do what the brief asks: points lost
Undecidable      nobody could find out: points undecided (a rate limit, for example)
anything else    a mistake in the harness: points undecided, its author must act
"""

from __future__ import annotations

from grader.domain.evidence import Interaction
from grader.domain.verdicts import Fault


class CheckFailed(Exception):  # noqa: N818 - reads as what it says in a report
    """The app does not do what the brief asks.

    Args:
        message: What is wrong, one sentence without a full stop.
        expected: What would have been right.
        actual: What was there instead.
        exchange: The request or call that shows it, where there is one.
    """

    def __init__(
        self,
        message: str,
        *,
        expected: str = "",
        actual: str = "",
        exchange: Interaction | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.actual = actual
        self.exchange = exchange


class Undecidable(Exception):  # noqa: N818 - as above
    """Nobody could find out whether the app is right; costs no point.

    Args:
        message: Why, one sentence without a full stop.
        fault: Who can help it, where somebody can.
    """

    def __init__(self, message: str = "", fault: Fault | None = None) -> None:
        super().__init__(message)
        self.fault = fault
