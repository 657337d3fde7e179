"""The functional harness: a project's ``test_*.py`` files, run by pytest, told as events."""

from __future__ import annotations

import pytest

from grader.domain.events import Broken, Finished, Setup
from grader.domain.verdicts import Fault
from harnesses.kit.channel import Channel
from harnesses.kit.functional.plugin import HarnessPlugin
from harnesses.kit.functional.surfaces import surface_of
from harnesses.kit.paths import harness_folder
from harnesses.kit.simulators.process import Simulators

OPTIONS = (
    "-q",
    "--no-header",
    "--disable-plugin-autoload",
    "--import-mode=importlib",
    "--tb=short",
    "-p no:cacheprovider",
    "-p no:junitxml",
    "-p no:doctest",
    "-p no:unraisableexception",
    "-p no:stepwise",
)


def run(setup: Setup, channel: Channel, simulators: Simulators | None = None) -> None:
    """Run the checks of ``setup.project`` and send what happens.

    Mistakes of the harness's author (a check for an unknown criterion, points that do not add up,
    an import that fails) are sent as ``broken``.
    """
    folder = harness_folder(setup.project.slug)
    surface = surface_of(setup, channel, simulators)
    plugin = HarnessPlugin(setup, channel, surface)
    options = [part for option in OPTIONS for part in option.split()]
    arguments = [*options, f"--rootdir={folder}", "-c", "/dev/null", str(folder)]
    code = pytest.main(arguments, [plugin, surface])
    problem = plugin.problem or _problem_of(code)
    if problem:
        channel.send(Broken(fault=Fault.AUTHOR, text=problem))
    else:
        channel.send(Finished())


def _problem_of(code: int | pytest.ExitCode) -> str:
    """What pytest's exit code means; checks that failed are no problem of the harness."""
    fine = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    return "" if code in fine else f"pytest ended with {pytest.ExitCode(code).name}"
