"""Commands for the runner of a pipeline, where a log is printed line by line."""

from __future__ import annotations

from grader.domain.report import Report
from grader.reports import render_terminal
from tests.hostile.texts import commands_in, obeyed
from tests.hostile.world import World


def check(report: Report, world: World) -> None:
    """Lines that are wrapped begin with them, so that only the pause keeps them from being read."""
    printed = commands_in(render_terminal(report, width=80))
    assert any(line.startswith("::add-mask::") for line in printed)
    assert any("##[error]" in line for line in printed)
    assert obeyed(report) == []
