"""Judging a load phase: the app is compared with the calibration app that ran beside it.

Pure rules. Only ratios between two apps on one machine at one time decide about speed, so that a
busy machine changes nobody's score. What could not be measured for another reason than the app's
own is undecided, unless it would have passed anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.domain.checks import CheckResult
from grader.domain.events import SliceDone
from grader.domain.evidence import LatencyRow, LoadTable
from grader.domain.project import Criterion, LoadLimit, LoadPlan, Rubric
from grader.domain.scoring import Ending
from grader.domain.verdicts import Fault, Outcome
from harnesses.kit.load import words
from worker.runners import load_words as say
from worker.runners.load_table import add_errors, load_table, operations, samples, seconds, total

MIN_ANSWERS = 20
"""From fewer answers no 95th percentile can be told."""
MIN_CALIBRATION_ANSWERS = 50
MAX_CALIBRATION_FAILURES = 0.05
MAX_LIMITED_SHARE = 0.1
DEAD_SHARE = 0.5
FLOOR_MS = 10.0
"""A calibration app that is quicker counts as this quick: nobody notices a hundredth of a second,
and below it a ratio compares the noise of the machine."""


@dataclass(frozen=True)
class Measured:
    """What the slices of one app say, added up."""

    total: LatencyRow
    operations: list[LatencyRow]
    timed: int
    seconds: float
    errors: dict[str, int]

    @classmethod
    def of(cls, slices: Sequence[SliceDone]) -> Measured:
        return cls(
            total(slices),
            operations(slices),
            len(samples(slices)),
            seconds(slices),
            add_errors(slices),
        )

    @property
    def limited(self) -> int:
        """Requests that a rate limit refused."""
        return words.limited(self.errors)

    @property
    def taken(self) -> int:
        """Requests that no rate limit refused."""
        return self.total.requests - self.limited

    @property
    def failed_share(self) -> float:
        """The share of requests that failed, 0 to 1; a rate limit is no failure."""
        return self.total.failures / self.taken if self.taken else 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return (self.taken - self.total.failures) / self.seconds


def judge(
    plan: LoadPlan,
    rubric: Rubric,
    app_slices: Sequence[SliceDone],
    calibration_slices: Sequence[SliceDone],
    app_checks: Sequence[CheckResult] = (),
    ended: Ending | None = None,
) -> tuple[list[CheckResult], LoadTable]:
    """Decide the load criteria of one app.

    Args:
        plan: The measures and their limits.
        rubric: The criteria they belong to.
        app_slices: What the harness beside the learner's app measured; fewer than planned where
            the run ended early.
        calibration_slices: The same for the calibration app.
        app_checks: What the harness beside the learner's app has said itself: correctness, and,
            where the app could not be filled with data, every criterion.
        ended: Why the learner's app does not run any more; None if it does, or nobody knows.

    Returns:
        One result for each limit of the plan that is decided here, in the plan's order, and the
        table of what was measured. What the harness decides is not repeated, unless the app died
        and that explains it.
    """
    own = {check.criterion: check for check in app_checks}
    measured, unfit = Measured.of(app_slices), _unfit(calibration_slices)
    case = _Case(plan, measured, unfit, _died(app_slices), ended)
    calibration = Measured.of(calibration_slices)
    results = []
    for limit in plan.limits:
        criterion = rubric.get(limit.criterion)
        if limit.measure == "correctness" or limit.criterion in own:
            results += _explained(case, criterion, own.get(limit.criterion))
        else:
            results.append(_decide(case, calibration, criterion, limit))
    return results, load_table(plan.users, app_slices, calibration_slices)


def forgiven(plan: LoadPlan, slices: Sequence[SliceDone], results: Sequence[CheckResult]) -> str:
    """What to say of failures that the plan's limit allows; nothing where there are none."""
    app = Measured.of(slices)
    passed = {result.criterion for result in results if result.outcome is Outcome.PASSED}
    for limit in plan.limits:
        if limit.measure == "failures" and limit.criterion in passed and app.total.failures:
            return say.forgiven(app.total.failures, app.taken, app.errors, limit.limit)
    return ""


@dataclass(frozen=True)
class _Case:
    """What there is to know before a limit is looked at.

    ``unfit`` says why nothing can be compared with the calibration app, ``died`` when the app
    ended; both are empty in the usual case. ``ended`` says why it did, where that is known.
    """

    plan: LoadPlan
    app: Measured
    unfit: str
    died: str
    ended: Ending | None


def _unfit(slices: Sequence[SliceDone]) -> str:
    """Why the calibration app is no measure; empty if it is one."""
    if not slices:
        return say.NO_CALIBRATION
    measured = Measured.of(slices)
    if measured.failed_share > MAX_CALIBRATION_FAILURES or words.wrong(measured.errors):
        return say.BAD_CALIBRATION
    return say.FEW_CALIBRATION if measured.timed < MIN_CALIBRATION_ANSWERS else ""


def _died(slices: Sequence[SliceDone]) -> str:
    """How the app ended, in words; empty if it did not."""
    if not slices:
        return ""
    last = slices[-1]
    if words.refused(last.errors) < max(1, DEAD_SHARE * last.total.requests):
        return ""
    number = next(n for n, one in enumerate(slices, 1) if words.refused(one.errors))
    answers = sum(one.total.requests - one.total.failures for one in slices)
    return say.died(number, len(slices), answers)


def _explained(case: _Case, criterion: Criterion, own: CheckResult | None) -> list[CheckResult]:
    """A better word for what the harness found wrong of an app that was dead by then."""
    wrong = words.wrong(case.app.errors)
    if own is None or own.outcome is not Outcome.FAILED or wrong or not case.died:
        return []
    return [_dead(case, criterion)]


def _dead(case: _Case, criterion: Criterion) -> CheckResult:
    """The app ended under load: when, and where it is known why."""
    actual = case.ended.title if case.ended else ""
    hint = case.ended.hint if case.ended else say.DIED_HINT
    return _failed(criterion, case.died, actual=actual, hint=hint)


def _decide(
    case: _Case, calibration: Measured, criterion: Criterion, limit: LoadLimit
) -> CheckResult:
    if case.died:
        return _dead(case, criterion)
    if not case.app.total.requests:
        return _undecided(criterion, say.NEVER_RAN, Fault.PLATFORM)
    if limit.measure == "failures":
        return _failures(case, criterion, limit.limit)
    obstacle = _obstacle(case, criterion)
    if obstacle is not None:
        return obstacle
    if limit.measure == "p95_ratio":
        return _p95(case.app, calibration, criterion, limit.limit)
    return _throughput(case, calibration, criterion, limit.limit)


def _failures(case: _Case, criterion: Criterion, limit: float) -> CheckResult:
    app = case.app
    expected = say.failures_expected(limit)
    actual = say.failures_actual(app.total.failures, app.taken, app.errors)
    if app.taken < MIN_ANSWERS and app.limited:
        return _undecided(criterion, say.limited(app.limited, app.total.requests))
    if app.failed_share <= limit:
        return _passed(criterion, expected, actual)
    if case.unfit:
        return _undecided(criterion, case.unfit, Fault.PLATFORM)
    message = say.failures_message(app.total.failures, app.taken, case.plan.users)
    hint = say.hint_for(app.errors) or criterion.hint or say.FAILURES_HINT
    return _failed(criterion, message, expected, actual, hint)


def _obstacle(case: _Case, criterion: Criterion) -> CheckResult | None:
    """Why the app's speed cannot be compared; None if it can."""
    app = case.app
    if case.unfit:
        return _undecided(criterion, case.unfit, Fault.PLATFORM)
    if app.limited > MAX_LIMITED_SHARE * app.total.requests:
        text = say.limited(app.limited, app.total.requests)
        return _undecided(criterion, text, hint=say.LIMITED_HINT)
    if app.timed < MIN_ANSWERS:
        text = say.few_answers(app.timed, app.total.requests)
        hint = say.hint_for(app.errors) or say.FAILURES_HINT
        return _failed(criterion, text, hint=hint)
    return None


def _p95(app: Measured, calibration: Measured, criterion: Criterion, limit: float) -> CheckResult:
    """The time of answers, compared at the 95th percentile and in the middle.

    On a busy machine the slowest answers of any app are slow, so that an app which always sleeps
    is told by its usual answer.
    """
    compared = [
        say.Times("95 %", app.total.p95_ms, calibration.total.p95_ms, limit, FLOOR_MS),
        say.Times("half", app.total.median_ms, calibration.total.median_ms, limit, FLOOR_MS),
    ]
    over = [times for times in compared if times.ratio > limit]
    if not over:
        return _passed(criterion, compared[0].expected, compared[0].actual)
    actual = over[0].actual
    if len(app.operations) > 1:
        actual += say.slowest(max(app.operations, key=lambda row: row.p95_ms))
    hint = criterion.hint or say.P95_HINT
    return _failed(criterion, over[0].message, over[0].expected, actual, hint)


def _throughput(
    case: _Case, calibration: Measured, criterion: Criterion, limit: float
) -> CheckResult:
    ratio = case.app.per_second / calibration.per_second
    expected = say.throughput_expected(limit, calibration.per_second)
    actual = say.throughput_actual(case.app.per_second, ratio)
    if ratio >= limit:
        return _passed(criterion, expected, actual)
    message = say.throughput_message(
        case.app.per_second, calibration.per_second, case.plan.users, limit
    )
    return _failed(criterion, message, expected, actual, criterion.hint or say.THROUGHPUT_HINT)


def _passed(criterion: Criterion, expected: str, actual: str) -> CheckResult:
    return _result(criterion, Outcome.PASSED, expected=expected, actual=actual)


def _failed(
    criterion: Criterion, message: str, expected: str = "", actual: str = "", hint: str = ""
) -> CheckResult:
    return _result(
        criterion,
        Outcome.FAILED,
        fault=Fault.LEARNER,
        message=message,
        expected=expected,
        actual=actual,
        hint=hint,
    )


def _undecided(
    criterion: Criterion, message: str, fault: Fault | None = None, hint: str = ""
) -> CheckResult:
    return _result(criterion, Outcome.ERRORED, fault=fault, message=message, hint=hint)


def _result(criterion: Criterion, outcome: Outcome, **words: object) -> CheckResult:
    return CheckResult.model_validate(
        {
            "id": criterion.id,
            "criterion": criterion.id,
            "title": criterion.title,
            "points": criterion.points,
            "outcome": outcome,
            **words,
        }
    )
