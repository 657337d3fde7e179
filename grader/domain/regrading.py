"""Scoring kept evidence by a rubric that has changed. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence

from grader.domain.checks import CheckResult
from grader.domain.project import Project
from grader.domain.report import Report
from grader.domain.scoring import CriterionResult, Ending, score
from grader.domain.verdicts import HarnessKind


def rescore(report: Report, project: Project) -> Report:
    """What a report says by the rubric as it is now, from the checks as they ended then.

    A check keeps its share of its criterion. A criterion that is new has no checks, so that its
    points are undecided: only another grade decides them. One that is gone is left out.

    Args:
        report: Of a submission that was built and run; its evidence stays as it is.
        project: The project as its spec says it now.

    Returns:
        The report with other points, titles and reasons, and the digest of the spec they are of.
    """
    checks = [
        check
        for before in report.criteria
        if (worth := _points_now(before, project)) is not None
        for check in _worth(before, worth)
    ]
    criteria, points = score(project.rubric, checks, _endings(report))
    about = report.project.model_copy(
        update={"version": project.version, "spec_digest": project.digest, "title": project.title}
    )
    return report.model_copy(update={"criteria": criteria, "score": points, "project": about})


def _points_now(before: CriterionResult, project: Project) -> int | None:
    for criterion in project.rubric.criteria:
        if criterion.id == before.id:
            return criterion.points
    return None


def _worth(before: CriterionResult, points: int) -> list[CheckResult]:
    """The checks of a criterion, sharing its points now as they shared them before.

    Whole points, by largest remainders: what is left over goes to those that lost most of a point.
    """
    old = [check.points for check in before.checks]
    whole = _rounded(points * sum(old), before.points)
    exact = [points * share / before.points for share in old]
    shares = [int(share) for share in exact]
    by_rest = sorted(range(len(exact)), key=lambda at: (shares[at] - exact[at], at))
    for at in by_rest[: whole - sum(shares)]:
        shares[at] += 1
    return [
        check.model_copy(update={"points": share})
        for check, share in zip(before.checks, shares, strict=True)
    ]


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _endings(report: Report) -> dict[HarnessKind, Ending]:
    """Why each kind of harness ended early, as :func:`score` was told at first."""
    endings = {run.kind: run.ending for run in report.runs if run.ending}
    ran: Sequence[HarnessKind] = [run.kind for run in report.runs]
    if report.problem:
        for kind in HarnessKind:
            if kind not in ran:
                endings[kind] = report.problem
    return endings
