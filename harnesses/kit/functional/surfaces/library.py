"""The surface of a library: its classes, behind a driver in the learner's container."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from grader.domain.events import Ready, Setup
from grader.domain.evidence import Interaction
from harnesses.kit.channel import Channel
from harnesses.kit.command.line import Line
from harnesses.kit.functional.surfaces.base import Surface
from harnesses.kit.library.library import Known, Library
from harnesses.kit.library.wire import Door
from harnesses.kit.simulators.process import Simulators


class LibrarySurface(Surface):
    """Drives the learner's objects; every check imports the code anew."""

    def __init__(
        self, setup: Setup, channel: Channel, simulators: Simulators | None = None
    ) -> None:
        super().__init__(setup, channel, simulators)
        self._door = Door()
        self._known = Known()
        self._library: Library | None = None

    def open(self) -> bool:
        self.channel.send(Ready(seconds=0))
        return True

    def evidence(self) -> Sequence[Interaction]:
        # A failure brings its own: the steps of its case, not those of the last one.
        return ()

    @pytest.fixture
    def library(self) -> Iterator[Library]:
        """The learner's code, imported in a process of this check's own."""
        self._library = Library(Line(self.channel), self._door, self._known, self.assume)
        yield self._library
        self._library.close()
        self._library = None
