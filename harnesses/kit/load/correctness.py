"""Whether an app stays right under load: wrong answers are counted, then told as checks."""

from __future__ import annotations

from grader.domain.checks import CheckResult, PlannedCheck
from grader.domain.evidence import Interaction
from grader.domain.project import Criterion, LoadLimit, LoadPlan, Rubric
from grader.domain.text import clean
from grader.domain.verdicts import Fault, Outcome
from harnesses.kit.failures import CheckFailed

KEPT_EXCHANGES = 3
MAX_WORDS = 600
HINT = (
    "Look for something that two requests use at the same time: a global variable or connection, "
    "a list that is changed while it is read, a counter that is read and written in two steps."
)


class Correctness:
    """Collects wrong answers.

    Args:
        plan: Names the criteria that correctness decides, and how many wrong answers they allow.
        rubric: Has their titles and points.
        only: Ids of the criteria that are wanted; empty: all.
    """

    def __init__(self, plan: LoadPlan, rubric: Rubric, only: tuple[str, ...] = ()) -> None:
        wanted = [limit for limit in plan.limits if not only or limit.criterion in only]
        self._criteria = [rubric.get(limit.criterion) for limit in wanted]
        self._limits = [
            (rubric.get(limit.criterion), limit)
            for limit in wanted
            if limit.measure == "correctness"
        ]
        self.wrong = 0
        self._first: CheckFailed | None = None
        self._exchanges: list[Interaction] = []

    @property
    def planned(self) -> tuple[PlannedCheck, ...]:
        """One check for each criterion that correctness decides."""
        return tuple(_planned(criterion) for criterion, _ in self._limits)

    def note(self, failure: CheckFailed) -> None:
        """An answer was complete but wrong."""
        self.wrong += 1
        if self._first is None:
            self._first = failure
        if failure.exchange is not None and len(self._exchanges) < KEPT_EXCHANGES:
            self._exchanges.append(failure.exchange)

    def results(self, checked: int) -> list[CheckResult]:
        """How the checks ended.

        Args:
            checked: How many answers were looked at.
        """
        return [self._result(criterion, limit, checked) for criterion, limit in self._limits]

    def cannot_start(self, failure: CheckFailed) -> list[CheckResult]:
        """The app could not be filled with data: every criterion of the load is lost."""
        self.note(failure)
        message = f"The load test could not begin: {failure.message}"
        return [self._failed(criterion, message) for criterion in self._criteria]

    def cannot_measure(self, reason: str) -> list[CheckResult]:
        """Nobody can find out anything about the app under load."""
        return [_undecided(criterion, reason) for criterion in self._criteria]

    def cannot_tell(self, reason: str) -> list[CheckResult]:
        """The app was put under load, but nobody can find out whether it stayed right."""
        return [_undecided(criterion, reason) for criterion, _ in self._limits]

    def _result(self, criterion: Criterion, limit: LoadLimit, checked: int) -> CheckResult:
        if self._first is None or self.wrong <= limit.limit:
            return CheckResult(**_planned(criterion).model_dump(), outcome=Outcome.PASSED)
        if self.wrong == 1:
            message = f"With several users at once: {self._first.message}"
        else:
            message = (
                f"{self.wrong} of {checked} answers were wrong with several users at once, "
                f"for example: {self._first.message}"
            )
        return self._failed(criterion, message)

    def _failed(self, criterion: Criterion, message: str) -> CheckResult:
        assert self._first is not None
        return CheckResult(
            **_planned(criterion).model_dump(),
            outcome=Outcome.FAILED,
            fault=Fault.LEARNER,
            message=clean(message, MAX_WORDS),
            expected=clean(self._first.expected, MAX_WORDS),
            actual=clean(self._first.actual, MAX_WORDS),
            hint=criterion.hint or HINT,
            evidence=tuple(self._exchanges),
        )


def _planned(criterion: Criterion) -> PlannedCheck:
    return PlannedCheck(
        id=criterion.id, criterion=criterion.id, title=criterion.title, points=criterion.points
    )


def _undecided(criterion: Criterion, reason: str) -> CheckResult:
    return CheckResult(**_planned(criterion).model_dump(), outcome=Outcome.ERRORED, message=reason)
