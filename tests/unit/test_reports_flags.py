"""Flags are for staff: report.json has them, what a learner reads does not."""

import json

import pytest

from grader.domain.report import Flag
from grader.reports import (
    render_ctrf,
    render_html,
    render_json,
    render_junit,
    render_markdown,
    render_terminal,
)
from tests.support import reports

FLAGS = (
    Flag(kind="identity", text="Answers differed by what the client calls itself"),
    Flag(kind="late", text="Right before the load and not after it"),
)


@pytest.mark.parametrize(
    "render", [render_html, render_markdown, render_terminal, render_junit, render_ctrf]
)
@pytest.mark.parametrize("name", reports.EVERY)
def test_learners_are_not_shown_flags(name: str, render: object) -> None:
    assert callable(render)
    report = reports.EVERY[name]().model_copy(update={"flags": ()})
    flagged = report.model_copy(update={"flags": FLAGS})
    assert render(flagged) == render(report)


def test_staff_find_them_in_the_json() -> None:
    report = reports.perfect().model_copy(update={"flags": FLAGS})
    assert [flag["kind"] for flag in json.loads(render_json(report))["flags"]] == [
        "identity",
        "late",
    ]
