"""What every surface gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from grader.domain.checks import PlannedCheck
from grader.domain.events import Assumed, Setup
from grader.domain.evidence import Interaction
from grader.domain.report import Flag
from harnesses.kit.channel import Channel
from harnesses.kit.dialect import Reading
from harnesses.kit.functional.second_look import Passed


class Surface(ABC):
    """One way to reach the learner's work, as a pytest plugin: its fixtures are what checks use.

    Args:
        setup: What is graded.
        channel: The line to the worker.
    """

    def __init__(self, setup: Setup, channel: Channel) -> None:
        self.setup = setup
        self.channel = channel
        self.check: PlannedCheck | None = None
        self.reading = Reading(setup.project.dialect, self.assume)

    def assume(self, text: str) -> None:
        """Tell of a departure from the brief that costs nothing."""
        self.channel.send(Assumed(text=text))

    @property
    def current(self) -> str:
        """The id of the check that is being run, or whose fixtures are being made."""
        assert self.check is not None
        return self.check.id

    @abstractmethod
    def open(self) -> bool:
        """Get ready for the checks, and tell the worker.

        Returns:
            Whether the work can be reached; without it no check is run.
        """

    def begin(self) -> None:  # noqa: B027 - most surfaces have nothing to begin
        """Begin the current check, after its fixtures were made.

        Raises:
            CheckFailed: If the check is lost before it has begun.
            Undecidable: If it cannot be begun, which is never the learner's fault.
        """

    @abstractmethod
    def evidence(self) -> Sequence[Interaction]:
        """What passed between the current check and the work, in order."""

    def look_again(self, passed: Sequence[Passed], seconds: float) -> Sequence[Flag]:  # noqa: ARG002
        """Repeat some of the checks that passed, where that can tell something.

        Args:
            passed: What may be repeated.
            seconds: How long it may take, besides what suspects need.
        """
        return ()
