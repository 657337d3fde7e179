"""From collected tests to planned checks; an author's mistakes are found here, before any run."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Sequence

import pytest

from grader.domain.checks import PlannedCheck
from grader.domain.project import Criterion, Rubric
from grader.domain.verdicts import HarnessKind
from harnesses.kit.declare import Declaration, declaration_of


class HarnessMistake(Exception):  # noqa: N818 - says what it is
    """The author of the harness must change something; the text says what."""


def plan(items: Sequence[pytest.Item], rubric: Rubric) -> dict[str, PlannedCheck]:
    """Which check each test is.

    Args:
        items: The collected tests.
        rubric: The project's rubric.

    Returns:
        Planned checks by node id.

    Raises:
        HarnessMistake: If a test declares no check, names no functional criterion, a criterion
            has no check, or the points of its checks do not add up to its own.
    """
    by_criterion: dict[str, list[tuple[str, Declaration]]] = defaultdict(list)
    criteria = {criterion.id: criterion for criterion in rubric.of(HarnessKind.FUNCTIONAL)}
    for item in items:
        declaration = declaration_of(getattr(item, "function", None))
        if declaration is None:
            raise HarnessMistake(f"{item.nodeid} has no @check: name the criterion it speaks for")
        if declaration.criterion not in criteria:
            raise HarnessMistake(_unknown(item, declaration.criterion, list(criteria)))
        by_criterion[declaration.criterion].append((item.nodeid, declaration))
    planned: dict[str, PlannedCheck] = {}
    for criterion in criteria.values():
        planned.update(_of_criterion(criterion, by_criterion[criterion.id]))
    return planned


def _unknown(item: pytest.Item, criterion: str, known: list[str]) -> str:
    close = difflib.get_close_matches(criterion, known, 1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    return f"{item.nodeid} speaks for {criterion!r}, which the rubric does not have{meant}"


def _of_criterion(
    criterion: Criterion, declared: list[tuple[str, Declaration]]
) -> dict[str, PlannedCheck]:
    if not declared:
        raise HarnessMistake(f"the criterion {criterion.id!r} has no check")
    points = [declaration.points for _, declaration in declared]
    if len(points) == 1 and points[0] is None:
        points = [criterion.points]
    if None in points or sum(p for p in points if p) != criterion.points:
        raise HarnessMistake(
            f"the checks of {criterion.id!r} must say points that add up to {criterion.points}"
        )
    return {
        nodeid: PlannedCheck(
            id=_check_id(nodeid), criterion=criterion.id, title=declaration.title, points=worth or 0
        )
        for (nodeid, declaration), worth in zip(declared, points, strict=True)
    }


def _check_id(nodeid: str) -> str:
    """``test_links.py::test_unknown_code`` becomes ``links.unknown_code``."""
    file, _, name = nodeid.rpartition("::")
    stem = file.rsplit("/", 1)[-1].removesuffix(".py").removeprefix("test_")
    return f"{stem}.{name.removeprefix('test_')}"
