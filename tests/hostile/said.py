"""What an app of the corpus tells of itself: lines of its output, ``SAID`` and then JSON."""

from __future__ import annotations

import json
from typing import Any

from grader.domain.report import Report

MARK = "SAID "


def said_by_app(report: Report) -> Any:
    """What a graded app said last.

    Raises:
        AssertionError: If it said nothing.
    """
    return all_said_by_app(report)[-1]


def all_said_by_app(report: Report) -> list[Any]:
    """All that a graded app said, in order.

    Raises:
        AssertionError: If it said nothing.
    """
    return said_in(report.app_log.text if report.app_log else "")


def said_in(log: str) -> list[Any]:
    """All that the program that printed this said, in order.

    Raises:
        AssertionError: If it said nothing.
    """
    said = [line.removeprefix(MARK) for line in log.splitlines() if line.startswith(MARK)]
    assert said, log[-500:]
    return [json.loads(line) for line in said]
