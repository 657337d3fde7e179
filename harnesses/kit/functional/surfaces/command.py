"""The surface of a program that is called: a tool, a game, a library behind its driver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from grader.domain.events import Ready, Setup
from grader.domain.evidence import Interaction
from harnesses.kit.channel import Channel
from harnesses.kit.command.cli import Cli, Habits
from harnesses.kit.command.line import Line
from harnesses.kit.functional.surfaces.base import Surface
from harnesses.kit.simulators.process import Simulators


class CommandSurface(Surface):
    """Calls the learner's program; every check has a working directory of its own."""

    def __init__(
        self, setup: Setup, channel: Channel, simulators: Simulators | None = None
    ) -> None:
        super().__init__(setup, channel, simulators)
        self._cli: Cli | None = None
        self._habits = Habits()

    def open(self) -> bool:
        if self._simulators:
            self._simulators.open_plain()
        self.channel.send(Ready(seconds=0))
        return True

    def begin(self) -> None:
        if self._cli is not None:
            self._cli.begin()  # ends what still asks the simulators
        super().begin()

    def evidence(self) -> Sequence[Interaction]:
        return [*self.asked(), *(self._cli.evidence if self._cli is not None else ())]

    @pytest.fixture
    def cli(self) -> Iterator[Cli]:
        """The learner's program, in a working directory of this check's own."""
        self._cli = Cli(Line(self.channel), self._habits, self.assume)
        yield self._cli
        self._cli = None
