"""Where the checks of a harness meet the learner's work: one surface for each way to reach it."""

from __future__ import annotations

from grader.domain.events import Setup
from harnesses.kit.channel import Channel
from harnesses.kit.functional.surfaces.base import Surface
from harnesses.kit.functional.surfaces.command import CommandSurface
from harnesses.kit.functional.surfaces.http import HttpSurface


def surface_of(setup: Setup, channel: Channel) -> Surface:
    """The surface of a project, by how the project's work is run."""
    kind = CommandSurface if setup.project.run.kind == "command" else HttpSurface
    return kind(setup, channel)
