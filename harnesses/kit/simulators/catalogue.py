"""Which services are simulated, and how each behaves while no check says anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harnesses.kit.simulators.exchange import Script
from harnesses.kit.simulators.github import GITHUB, GitHub

USUAL: Mapping[str, Callable[[], Script]] = {GITHUB: GitHub}
"""By host; every host of :data:`grader.domain.simulation.SimulatedHost` is here."""
