"""After the load: who stays wrong when nobody else asks, and who does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.domain.events import Suspected
from grader.domain.report import Flag
from grader.domain.verdicts import Outcome
from tests.support.load_phase import drive, project, write_scenario

pytestmark = pytest.mark.alone


def flags(root: Path, mode: str) -> list[Flag]:
    write_scenario(root)
    side = drive(root, mode, project())
    assert [check.outcome for check in side.checks] == [
        Outcome.PASSED if mode == "app" else Outcome.FAILED
    ]
    return [event.flag for event in side.events if isinstance(event, Suspected)]


@pytest.mark.parametrize(
    ("mode", "what"), [("early", "“show” was right"), ("refusing", "It could be filled with data")]
)
def test_right_for_the_first_requests_only(tmp_path: Path, mode: str, what: str) -> None:
    (flag,) = flags(tmp_path, mode)
    assert flag.kind == "late"
    assert flag.text.startswith(f"{what} before the load and not after it")


@pytest.mark.parametrize("mode", ["app", "mixed", "forgetful", "worn"])
def test_apps_that_are_right_again_or_break_are_not_suspected(tmp_path: Path, mode: str) -> None:
    assert flags(tmp_path, mode) == []
