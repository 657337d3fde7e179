"""What every surface gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import pytest

from grader.domain.checks import PlannedCheck
from grader.domain.events import Assumed, Setup
from grader.domain.evidence import HttpExchange, Interaction
from grader.domain.report import Flag
from harnesses.kit.channel import Channel
from harnesses.kit.dialect import Reading
from harnesses.kit.failures import Undecidable
from harnesses.kit.functional.second_look import Passed
from harnesses.kit.simulators.process import Simulators

SHOWN_CALLS = 2


class Surface(ABC):
    """One way to reach the learner's work, as a pytest plugin: its fixtures are what checks use.

    Args:
        setup: What is graded.
        channel: The line to the worker.
        simulators: Of the outside services that the project names, where it runs in a pod.
    """

    def __init__(
        self, setup: Setup, channel: Channel, simulators: Simulators | None = None
    ) -> None:
        self.setup = setup
        self._simulators = simulators
        self._lacking = False
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

    def begin(self) -> None:
        """Begin the current check, after its fixtures were made.

        Raises:
            CheckFailed: If the check is lost before it has begun.
            Undecidable: If it cannot be begun, which is never the learner's fault.
        """
        if self._lacking:
            self._lacking = False
            raise Undecidable("outside services can be simulated only where we run the app")
        if self._simulators:
            self._simulators.begin()

    def asked(self) -> list[HttpExchange]:
        """The last things that the learner's work asked outside services in the current check."""
        if not self._simulators:
            return []
        calls = [call for host in self._simulators.hosts for call in self._simulators.calls(host)]
        return [call.evidence for call in calls[-SHOWN_CALLS:]]

    @pytest.fixture
    def simulators(self) -> Simulators | None:
        """The simulated services; what they play is set in the check itself."""
        self._lacking = self._simulators is None
        return self._simulators

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
