"""Points: from the outcomes of checks to the outcomes of criteria to a score. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from grader.domain.base import Frozen
from grader.domain.checks import CheckResult
from grader.domain.project import Criterion, Rubric
from grader.domain.verdicts import Fault, HarnessKind, Outcome, Verdict


class Ending(Frozen):
    """Why a run ended before all its checks had: whose fault, and the words for it."""

    verdict: Verdict = Field(description="How the submission ended by it")
    fault: Fault = Field(description="Who must act")
    code: str = Field(description="Names the message; the words may change, this does not")
    title: str = Field(description="What happened, in a sentence")
    hint: str = Field(default="", description="One thing to try")
    log: str = Field(default="", description="The end of the log that explains it")

    @property
    def costs(self) -> bool:
        """Whether points are lost by it: the app was looked at and ended the run itself.

        Not where nothing was fetched, so that nothing was looked at, and not where the learner's
        way of handing in leaves something out, such as the restart of an app at a URL.
        """
        unseen = (Verdict.FETCH_FAILED, Verdict.GRADED)
        return self.fault is Fault.LEARNER and self.verdict not in unseen


class CriterionResult(Frozen):
    """How one criterion ended. earned + lost + undecided = points."""

    id: str = Field(description="As in the rubric")
    title: str = Field(description="What the app does, as a statement")
    harness: HarnessKind = Field(description="Which kind of harness earns it")
    points: int = Field(ge=1, description="What it is worth")
    earned: float = Field(ge=0, description="Points the app has shown to deserve")
    undecided: float = Field(
        ge=0, description="Points that could not be decided; never counted as lost"
    )
    outcome: Outcome = Field(description="How it ended")
    fault: Fault | None = Field(default=None, description="Who must act, unless it passed")
    message: str = Field(default="", description="What is wrong, in a sentence")
    why: str = Field(default="", description="Why the brief asks for it")
    hint: str = Field(default="", description="One thing to try")
    blocked_by: tuple[str, ...] = Field(
        default=(),
        description="Ids of lost criteria without which nothing could be learnt about this one",
    )
    checks: tuple[CheckResult, ...] = Field(
        default=(), description="The checks that speak for it; none where none could run"
    )

    @property
    def lost(self) -> float:
        return self.points - self.earned - self.undecided


class Score(Frozen):
    """Points of 100: what was earned, and what nobody could decide."""

    earned: float = Field(ge=0, description="Points earned")
    undecided: float = Field(
        ge=0, description="Points that nobody could decide; never counted as lost"
    )
    out_of_reach: float = Field(
        default=0,
        ge=0,
        description=(
            "Those of the undecided points that this way of handing in cannot show: a running app"
            " is not restarted and not put under load"
        ),
    )
    possible: int = Field(ge=1, description="Points of the whole rubric")


def score(
    rubric: Rubric,
    checks: Sequence[CheckResult],
    endings: Mapping[HarnessKind, Ending],
) -> tuple[tuple[CriterionResult, ...], Score]:
    """Turn the outcomes of checks into points.

    A check that passed earns its points, one that failed loses them, one that errored leaves them
    undecided. A criterion none of whose checks was heard of follows its harness's ending: points
    are lost where the learner's app ended the run, undecided where we did or where there was
    nothing to look at. One whose needs were
    lost is blocked, also where another harness checked it meanwhile and it failed: what it needs
    explains that, and is what to mend.

    Args:
        rubric: The criteria, in an order in which needs come first.
        checks: Results in any order; at most one for each check id.
        endings: For each kind of harness that ended early, why.

    Returns:
        One result for each criterion in the rubric's order, and their sum.
    """
    results: dict[str, CriterionResult] = {}
    for criterion in rubric.criteria:
        own = tuple(check for check in checks if check.criterion == criterion.id)
        results[criterion.id] = _criterion(criterion, own, endings.get(criterion.harness), results)
    ordered = tuple(results.values())
    return ordered, Score(
        earned=round(sum(result.earned for result in ordered), 2),
        undecided=round(sum(result.undecided for result in ordered), 2),
        out_of_reach=round(
            sum(result.undecided for result in ordered if result.fault is Fault.LEARNER), 2
        ),
        possible=rubric.possible,
    )


def _criterion(
    criterion: Criterion,
    checks: tuple[CheckResult, ...],
    ending: Ending | None,
    before: Mapping[str, CriterionResult],
) -> CriterionResult:
    base = {
        "id": criterion.id,
        "title": criterion.title,
        "harness": criterion.harness,
        "points": criterion.points,
        "why": criterion.why,
        "hint": criterion.hint,
        "checks": checks,
    }
    decided = [c for c in checks if c.outcome in (Outcome.PASSED, Outcome.FAILED)]
    if not decided:
        return CriterionResult(**base, **_without_checks(criterion, checks, ending, before))
    earned = sum(c.points for c in checks if c.outcome is Outcome.PASSED)
    failed = [c for c in checks if c.outcome is Outcome.FAILED]
    lost = sum(c.points for c in failed)
    undecided = max(0, criterion.points - earned - lost)
    if undecided and ending and ending.costs:
        undecided = sum(c.points for c in checks if c.outcome is Outcome.ERRORED)
    outcome = Outcome.FAILED if failed else Outcome.ERRORED if undecided else Outcome.PASSED
    if outcome is Outcome.PASSED and earned < criterion.points:
        outcome = Outcome.FAILED
    blockers = _blockers(criterion, before) if outcome is Outcome.FAILED else ()
    message = failed[0].message if failed else _first_message(checks, ending, outcome)
    return CriterionResult(
        **base,
        earned=earned,
        undecided=undecided,
        outcome=Outcome.BLOCKED if blockers else outcome,
        fault=_fault(outcome, checks),
        message=f"Lost together with {_titles(blockers, before)}" if blockers else message,
        blocked_by=blockers,
    )


def _blockers(criterion: Criterion, before: Mapping[str, CriterionResult]) -> tuple[str, ...]:
    """What the criterion needs and was lost."""
    lost = {Outcome.FAILED, Outcome.BLOCKED}
    return tuple(need for need in criterion.needs if before[need].outcome in lost)


def _titles(criteria: Sequence[str], before: Mapping[str, CriterionResult]) -> str:
    return ", ".join(f"“{before[criterion].title}”" for criterion in criteria)


def _without_checks(
    criterion: Criterion,
    checks: tuple[CheckResult, ...],
    ending: Ending | None,
    before: Mapping[str, CriterionResult],
) -> dict[str, object]:
    """A criterion of which nothing was learnt."""
    blockers = _blockers(criterion, before)
    if blockers:
        return {
            "earned": 0,
            "undecided": 0,
            "outcome": Outcome.BLOCKED,
            "fault": Fault.LEARNER,
            "message": f"Not checked, because {_titles(blockers, before)} comes first",
            "blocked_by": blockers,
        }
    if ending and ending.costs and not checks:
        return {
            "earned": 0,
            "undecided": 0,
            "outcome": Outcome.BLOCKED,
            "fault": Fault.LEARNER,
            "message": f"Not checked: {ending.title}",
        }
    return {
        "earned": 0,
        "undecided": criterion.points,
        "outcome": Outcome.ERRORED,
        "fault": _fault(Outcome.ERRORED, checks) or (ending.fault if ending else Fault.PLATFORM),
        "message": _first_message(checks, ending, Outcome.ERRORED),
    }


def _fault(outcome: Outcome, checks: Sequence[CheckResult]) -> Fault | None:
    if outcome is Outcome.PASSED:
        return None
    return next((c.fault for c in checks if c.outcome is outcome and c.fault), None)


def _first_message(checks: Sequence[CheckResult], ending: Ending | None, outcome: Outcome) -> str:
    if outcome is Outcome.PASSED:
        return ""
    said = next((c.message for c in checks if c.outcome is Outcome.ERRORED and c.message), "")
    return said or (ending.title if ending else "This could not be checked")
