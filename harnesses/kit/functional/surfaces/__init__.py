"""Where the checks of a harness meet the learner's work: one surface for each way to reach it."""

from __future__ import annotations

from collections.abc import Mapping

from grader.domain.events import Setup
from harnesses.kit.channel import Channel
from harnesses.kit.functional.surfaces.base import Surface
from harnesses.kit.functional.surfaces.command import CommandSurface
from harnesses.kit.functional.surfaces.http import HttpSurface
from harnesses.kit.functional.surfaces.library import LibrarySurface
from harnesses.kit.simulators.process import Simulators

SURFACES: Mapping[str, type[Surface]] = {
    "http": HttpSurface,
    "command": CommandSurface,
    "library": LibrarySurface,
}


def surface_of(setup: Setup, channel: Channel, simulators: Simulators | None = None) -> Surface:
    """The surface of a project, by how the project's work is run."""
    return SURFACES[setup.project.run.kind](setup, channel, simulators)
