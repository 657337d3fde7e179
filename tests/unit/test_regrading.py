"""Kept evidence by another rubric: the same one changes nothing, another only what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.domain.project import Criterion, Project, Rubric
from grader.domain.regrading import rescore
from grader.domain.report import Report
from grader.domain.verdicts import HarnessKind, Outcome
from tests.support import reports

MADE: list[Callable[[], Report]] = [
    reports.perfect,
    reports.middling,
    reports.only_contract,
    reports.partial_ending,
    reports.build_failed,
    reports.never_ready,
    reports.platform_error,
]


def project_of(report: Report, **points: int) -> Project:
    """The project of a report, with other points for some criteria; all add up to 100 still."""
    criteria = tuple(
        Criterion(
            id=result.id,
            title=result.title,
            points=points.get(result.id.replace(".", "_"), result.points),
            harness=result.harness,
            why=result.why,
            hint=result.hint,
        )
        for result in report.criteria
    )
    plain = Rubric.model_construct(criteria=criteria)
    return Project.model_construct(
        slug="notes", title="Notes", version="2", digest="new", rubric=plain
    )


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_the_same_rubric_gives_the_same_points(make: Callable[[], Report]) -> None:
    report = make()
    again = rescore(report, project_of(report))
    assert again.score.possible == report.score.possible
    for before, after in zip(report.criteria, again.criteria, strict=True):
        if not before.blocked_by:  # needs are not in a report
            assert (after.id, after.earned, after.undecided) == (
                before.id,
                before.earned,
                before.undecided,
            )
            assert after.checks == before.checks


def test_other_points_are_shared_as_the_old_ones_were() -> None:
    report = reports.middling()
    partly = next(c for c in report.criteria if 0 < c.earned < c.points and len(c.checks) > 1)
    key = partly.id.replace(".", "_")
    doubled = rescore(report, project_of(report, **{key: 2 * partly.points}))
    after = next(c for c in doubled.criteria if c.id == partly.id)
    assert (after.points, after.earned) == (2 * partly.points, 2 * partly.earned)
    assert sum(check.points for check in after.checks) == 2 * sum(c.points for c in partly.checks)
    odd = rescore(report, project_of(report, **{key: partly.points + 1}))
    shares = next(c for c in odd.criteria if c.id == partly.id).checks
    assert sum(check.points for check in shares) == partly.points + 1


def test_a_new_criterion_is_undecided_and_one_that_is_gone_is_left_out() -> None:
    report = reports.perfect()
    project = project_of(report)
    gone, *rest = project.rubric.criteria
    new = Criterion(id="new.one", title="New", points=gone.points, harness=HarnessKind.FUNCTIONAL)
    changed = project.model_copy(update={"rubric": Rubric.model_construct(criteria=(*rest, new))})
    again = rescore(report, changed)
    assert again.score.undecided == gone.points
    assert again.score.earned == report.score.earned - gone.points
    assert again.criteria[-1].outcome is Outcome.ERRORED
    assert gone.id not in [criterion.id for criterion in again.criteria]


def test_it_says_by_which_spec_and_keeps_the_evidence() -> None:
    report = reports.middling()
    again = rescore(report, project_of(report))
    assert (again.project.version, again.project.spec_digest) == ("2", "new")
    assert again.project.harness_digest == report.project.harness_digest
    assert (again.id, again.verdict, again.runs, again.notes) == (
        report.id,
        report.verdict,
        report.runs,
        report.notes,
    )
