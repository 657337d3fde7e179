"""From what was found to how each criterion ended."""

from __future__ import annotations

from dataclasses import dataclass

from grader.domain.checks import CheckResult, PlannedCheck
from grader.domain.evidence import Evidence, Finding
from grader.domain.project import Criterion
from grader.domain.text import clean
from grader.domain.verdicts import Fault, Outcome
from harnesses.kit.contract import words
from harnesses.kit.contract.document import Document
from harnesses.kit.contract.findings import Group, trimmed
from harnesses.kit.contract.generator import Problem
from harnesses.kit.contract.judge import ERROR_CHECK, NEGATIVE_CHECK, SCHEMA_CHECK, Judge
from harnesses.kit.contract.sender import Gone, Sender

MAX_FINDINGS = 10
ENOUGH = 100
"""So many judged answers decide a criterion even where the budget ended the run."""
MAX_WORDS = 600


@dataclass(frozen=True)
class Run:
    """What is known at the end of a run."""

    document: Document
    judge: Judge
    sender: Sender
    problems: list[Problem]

    @property
    def judged(self) -> int:
        return sum(self.judge.judged.values())


def result(
    run: Run, planned: PlannedCheck, criterion: Criterion, checks: tuple[str, ...]
) -> CheckResult:
    """How one criterion ended.

    Failures count whatever else happened. Then, in this order: the app went away (the learner's),
    something broke in the harness (ours), the app limits the rate of requests, no request ever
    worked, the budget was spent too early (all nobody's), and only then it passed.
    """
    groups = _groups(run, checks)
    idle = _idle(run, checks)
    if groups or run.sender.gone:
        return _failed(run, planned, criterion, groups)
    undecided = _undecided(run)
    if undecided:
        return _ended(planned, Outcome.ERRORED, undecided.fault, undecided.text)
    if not run.judge.succeeded:
        return _ended(
            planned,
            Outcome.BLOCKED,
            Fault.LEARNER,
            "Not checked: none of the requests that the contract allows was answered with success",
        )
    if idle:
        return _never_worked(planned, criterion, idle)
    return _ended(planned, Outcome.PASSED, None, _passed(run))


def _groups(run: Run, checks: tuple[str, ...]) -> list[Group]:
    """What was found; the request that shows the app's end is told as that."""
    every = run.judge.findings.of(_with_trouble(run, checks), list(run.document.operations))
    last = run.sender.gone.last if run.sender.gone else None
    return [group for group in every if group.count > 1 or group.exchange is not last]


def _with_trouble(run: Run, checks: tuple[str, ...]) -> tuple[str, ...]:
    """Requests without an answer count as server errors; for all, where no criterion has those."""
    return checks if run.judge.errors_apart else (*checks, ERROR_CHECK)


def _idle(run: Run, checks: tuple[str, ...]) -> list[str]:
    """Operations of which success had to be seen before these checks can pass, and was not.

    The shape of answers: each operation that has one to give. Refusing what is wrong: an app that
    refuses everything does not do that, so one operation with a body must have taken one.
    """
    operations = run.document.operations.values()
    idle = [operation for operation in operations if not run.judge.succeeded[operation.label]]
    if SCHEMA_CHECK in checks:
        return [
            operation.label
            for operation in idle
            if run.document.success_schema(operation) is not None
        ]
    if NEGATIVE_CHECK in checks:
        taking = [operation for operation in operations if "requestBody" in operation.definition]
        if all(operation in idle for operation in taking):
            return [operation.label for operation in taking]
    return []


def _undecided(run: Run) -> Problem | None:
    """Why nobody can say how it ended; None where somebody can."""
    if run.judge.mistakes:
        return _broke(Problem(Fault.PLATFORM, run.judge.mistakes[0]))
    if run.problems:
        return _broke(run.problems[0])
    if run.sender.limited > run.judged:
        text = (
            f"The app refused {run.sender.limited} requests for their number (429), so too few"
            " were left to judge by; that costs no point"
        )
        return Problem(Fault.PLATFORM, text)
    if run.sender.out_of_time and run.judged < ENOUGH:
        text = (
            f"The time for contract checks ran out after {run.judged} answers, too few to judge"
            " by; that costs no point"
        )
        return Problem(Fault.PLATFORM, text)
    return None


def _broke(problem: Problem) -> Problem:
    words = " ".join(problem.text.split())
    text = clean(f"The contract checks themselves broke: {words}", MAX_WORDS)
    return Problem(problem.fault, text)


def _passed(run: Run) -> str:
    if run.sender.out_of_time:
        return f"No departure in {run.judged} answers; then the time ran out"
    return f"No departure in {run.judged} answers"


def _failed(
    run: Run, planned: PlannedCheck, criterion: Criterion, groups: list[Group]
) -> CheckResult:
    shown: list[Evidence] = [group.finding() for group in groups[:MAX_FINDINGS]]
    message = _message(groups)
    expected = groups[0].failure.expected if groups else "an answer to every request"
    actual = groups[0].failure.actual if groups else ""
    hint = criterion.hint
    if run.sender.gone:
        text, what, advice = words.gone(run.sender.gone)
        if not groups:
            message, actual, hint = text, what, advice
        else:
            message = f"{message}. {text}"
        shown = [_gone(run.sender.gone, what), *shown[: MAX_FINDINGS - 1]]
    return CheckResult(
        **planned.model_dump(),
        outcome=Outcome.FAILED,
        fault=Fault.LEARNER,
        message=clean(message, MAX_WORDS),
        expected=clean(expected, MAX_WORDS),
        actual=clean(actual, MAX_WORDS),
        hint=hint,
        evidence=tuple(shown),
    )


def _gone(gone: Gone, what: str) -> Finding:
    title = "The app went away" if gone.kind == "crashed" else "The app hangs"
    return Finding(title=title, operation=gone.operation, detail=what, exchange=trimmed(gone.last))


def _message(groups: list[Group]) -> str:
    if not groups:
        return ""
    more = len(groups) - 1
    first = groups[0].failure.title
    if not more:
        return first
    return f"{first}, and {more} more {'finding' if more == 1 else 'findings'}"


def _never_worked(planned: PlannedCheck, criterion: Criterion, idle: list[str]) -> CheckResult:
    return CheckResult(
        **planned.model_dump(),
        outcome=Outcome.FAILED,
        fault=Fault.LEARNER,
        message=f"{idle[0]} never answered with success, so what it answers could not be checked",
        expected="success for requests as the contract describes them",
        actual=f"only refusals from {', '.join(idle[:4])}",
        hint=criterion.hint,
    )


def _ended(
    planned: PlannedCheck, outcome: Outcome, fault: Fault | None, message: str
) -> CheckResult:
    return CheckResult(**planned.model_dump(), outcome=outcome, fault=fault, message=message)
