"""What a report says, arranged for a reader: every format for people renders this.

The order is the reader's: the score, the one thing to do first, then everything. A criterion that
was not checked because another was lost stands below that other one, not beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.domain.checks import CheckResult
from grader.domain.evidence import (
    CommandRun,
    Finding,
    HttpExchange,
    Interaction,
    LoadTable,
    LogTail,
)
from grader.domain.report import Report
from grader.domain.scoring import CriterionResult, Ending
from grader.domain.verdicts import Fault, HarnessKind, Outcome, Verdict
from grader.reports import words
from grader.reports.safe import safe
from grader.reports.steps import Step, steps_of


@dataclass(frozen=True)
class Proof:
    """What one check shows: its words and the evidence, the most telling request or call first.

    Where ``steps`` are given they say it all, in order, and take the place of both.
    """

    title: str
    outcome: Outcome
    points: int
    message: str
    expected: str
    actual: str
    hint: str
    exchange: Interaction | None
    earlier: tuple[Interaction, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    logs: tuple[LogTail, ...]
    has_load: bool

    @property
    def ours(self) -> bool:
        """Whether the check could not find out, which is never the learner's doing."""
        return self.outcome is Outcome.ERRORED


@dataclass(frozen=True)
class Item:
    """One criterion with what hangs on it.

    ``passed`` are the titles of its checks that passed, ``measured`` what was measured by them.
    """

    result: CriterionResult
    anchor: str
    word: str
    sign: str
    proofs: tuple[Proof, ...]
    passed: tuple[str, ...]
    measured: tuple[str, ...]
    echoes: tuple[CriterionResult, ...]

    @property
    def state(self) -> str:
        """``passed``, ``partly``, ``failed``, ``blocked`` or ``errored``."""
        return "partly" if self.word == words.PARTLY else str(self.result.outcome)

    @property
    def waiting(self) -> float:
        """Points of criteria that could not be checked because this one was lost."""
        return sum(echo.points for echo in self.echoes)

    @property
    def reason(self) -> str:
        """What is wrong, or why nothing could be said."""
        return _reason(self.result)

    @property
    def at_stake(self) -> float:
        """What there is to win by mending it."""
        return self.result.lost + self.waiting


@dataclass(frozen=True)
class Bundle:
    """Criteria of one group that share one fate, said once.

    ``cause`` is the lost criterion of another group that they wait for, where there is one.
    """

    outcome: Outcome
    message: str
    criteria: tuple[CriterionResult, ...]
    cause: Item | None = None

    @property
    def word(self) -> str:
        return words.OUTCOMES[self.outcome]

    @property
    def sign(self) -> str:
        return words.SIGNS[self.outcome]

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.criteria)


@dataclass(frozen=True)
class Group:
    """The criteria of one kind of harness: lost ones first, passed ones last."""

    kind: HarnessKind
    title: str
    intro: str
    items: tuple[Item, ...]
    bundles: tuple[Bundle, ...]
    earned: float
    undecided: float
    possible: int

    @property
    def unfinished(self) -> tuple[Item, ...]:
        """What was lost, could not be checked or could not be decided."""
        return tuple(item for item in self.items if item.result.outcome is not Outcome.PASSED)

    @property
    def passed(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.result.outcome is Outcome.PASSED)


@dataclass(frozen=True)
class View:
    """A whole report, arranged."""

    report: Report
    headline: str
    summary: str
    lost: float
    first: Item | None
    problem: Ending | None
    groups: tuple[Group, ...]
    load: LoadTable | None

    @property
    def ours(self) -> bool:
        """Whether it ended early and the learner has nothing to do about it."""
        return self.problem is not None and self.problem.fault is not Fault.LEARNER

    @property
    def undecided(self) -> str:
        """The sentences for undecided points, or nothing."""
        return words.undecided(self.report.score)


def view(report: Report) -> View:
    """Arrange a report.

    Args:
        report: Any report; its texts are made safe first.
    """
    report = safe(report)
    by_id = {criterion.id: criterion for criterion in report.criteria}
    echoes: dict[str, list[CriterionResult]] = {}
    for criterion in report.criteria:
        cause = _cause(criterion, by_id)
        if cause != criterion.id:
            echoes.setdefault(cause, []).append(criterion)
    items = {
        criterion.id: _item(criterion, tuple(echoes.get(criterion.id, ())))
        for criterion in report.criteria
        if _cause(criterion, by_id) == criterion.id
    }
    lost = [item for item in items.values() if item.result.outcome is Outcome.FAILED]
    return View(
        report=report,
        headline=_headline(report),
        summary=_summary(report),
        lost=sum(criterion.lost for criterion in report.criteria),
        # max keeps the first of equals: the rubric lists what other criteria need first.
        first=max(lost, key=lambda item: item.at_stake, default=None),
        problem=report.problem,
        groups=tuple(_groups(report, items)),
        load=report.load or _load_of(report),
    )


def _cause(criterion: CriterionResult, by_id: Mapping[str, CriterionResult]) -> str:
    """The id of the lost criterion that keeps this one from being checked; else its own."""
    seen = {criterion.id}
    current = criterion
    while current.outcome is Outcome.BLOCKED and current.blocked_by:
        above = by_id.get(current.blocked_by[0])
        if above is None or above.id in seen:
            return criterion.id
        seen.add(above.id)
        current = above
    return current.id


def _item(criterion: CriterionResult, echoes: tuple[CriterionResult, ...]) -> Item:
    partly = criterion.outcome is Outcome.FAILED and criterion.earned > 0
    return Item(
        result=criterion,
        anchor="c-" + criterion.id.replace(".", "-"),
        word=words.PARTLY if partly else words.OUTCOMES[criterion.outcome],
        sign=words.SIGNS[criterion.outcome],
        proofs=tuple(
            _proof(check, criterion)
            for outcome in (Outcome.FAILED, Outcome.ERRORED)
            for check in criterion.checks
            if check.outcome is outcome
        ),
        measured=tuple(
            f"{c.actual}; wanted: {c.expected}" if c.expected else c.actual
            for c in criterion.checks
            if c.outcome is Outcome.PASSED and c.actual
        ),
        passed=tuple(c.title for c in criterion.checks if c.outcome is Outcome.PASSED),
        echoes=echoes,
    )


def _proof(check: CheckResult, criterion: CriterionResult) -> Proof:
    exchanges = [p for p in check.evidence if isinstance(p, HttpExchange | CommandRun)]
    hint = check.hint or (criterion.hint if check.outcome is Outcome.FAILED else "")
    return Proof(
        title=check.title,
        outcome=check.outcome,
        points=check.points,
        message=check.message,
        expected=check.expected,
        actual=check.actual,
        hint=hint,
        exchange=exchanges[0] if exchanges else None,
        earlier=tuple(exchanges[1:]),
        steps=steps_of(exchanges),
        findings=tuple(part for part in check.evidence if isinstance(part, Finding)),
        logs=tuple(part for part in check.evidence if isinstance(part, LogTail)),
        has_load=any(isinstance(part, LoadTable) for part in check.evidence),
    )


def _groups(report: Report, items: Mapping[str, Item]) -> list[Group]:
    groups = []
    for kind in HarnessKind:
        own = [criterion for criterion in report.criteria if criterion.harness is kind]
        if own:
            groups.append(_group(kind, own, items))
    return groups


def _group(kind: HarnessKind, own: list[CriterionResult], items: Mapping[str, Item]) -> Group:
    shared = _shared_fates(own, items)
    bundled = {criterion.id for bundle in shared for criterion in bundle.criteria}
    single = (items[c.id] for c in own if c.id in items and c.id not in bundled)
    return Group(
        kind=kind,
        title=words.HARNESSES[kind],
        intro=words.HARNESS_INTROS[kind],
        items=tuple(sorted(single, key=_urgency)),
        bundles=(*shared, *_waiting_for_others(kind, items)),
        earned=sum(criterion.earned for criterion in own),
        undecided=sum(criterion.undecided for criterion in own),
        possible=sum(criterion.points for criterion in own),
    )


def _urgency(item: Item) -> tuple[int, float]:
    order = (Outcome.FAILED, Outcome.BLOCKED, Outcome.ERRORED, Outcome.PASSED)
    return order.index(item.result.outcome), -item.at_stake


def _shared_fates(own: list[CriterionResult], items: Mapping[str, Item]) -> list[Bundle]:
    """Two or more criteria that ended the same way with the same words and no evidence."""
    fates: dict[tuple[Outcome, str], list[CriterionResult]] = {}
    for criterion in own:
        if criterion.outcome not in (Outcome.BLOCKED, Outcome.ERRORED) or criterion.earned:
            continue
        if criterion.id in items and not any(check.evidence for check in criterion.checks):
            fates.setdefault((criterion.outcome, _reason(criterion)), []).append(criterion)
            for echo in items[criterion.id].echoes:
                fates[criterion.outcome, _reason(criterion)].append(echo)
    return [
        Bundle(outcome, message, tuple(c for c in criteria if c.harness is own[0].harness))
        for (outcome, message), criteria in fates.items()
        if len(criteria) > 1
    ]


def _waiting_for_others(kind: HarnessKind, items: Mapping[str, Item]) -> list[Bundle]:
    """Criteria of this kind that wait for one of another kind, by that one."""
    found = []
    for cause in items.values():
        own = tuple(echo for echo in cause.echoes if echo.harness is kind)
        if own and cause.result.harness is not kind:
            failed = cause.result.outcome is Outcome.FAILED
            message = f"“{cause.result.title}” comes first" if failed else _reason(cause.result)
            found.append(Bundle(Outcome.BLOCKED, message, own, cause if failed else None))
    return found


def _reason(criterion: CriterionResult) -> str:
    """Why it was not checked, without saying once more that it was not."""
    prefix = words.OUTCOMES[Outcome.BLOCKED]
    return criterion.message.removeprefix(f"{prefix}: ").removeprefix(f"{prefix}, because ")


def _headline(report: Report) -> str:
    """What happened, in a few words."""
    if report.verdict is not Verdict.GRADED:
        return words.VERDICTS[report.verdict]
    if report.score.earned >= report.score.possible:
        return "Everything works"
    if report.score.earned + report.score.undecided >= report.score.possible:
        return "Everything that was checked works" if report.score.earned else "Nothing is lost"
    lost = sum(1 for criterion in report.criteria if criterion.outcome is Outcome.FAILED)
    return f"{words.counted(lost, 'thing')} to fix"


def _summary(report: Report) -> str:
    """What was and was not learnt, in one sentence."""
    count = dict.fromkeys(Outcome, 0)
    for criterion in report.criteria:
        count[criterion.outcome] += 1
    said = [
        f"{count[outcome]} {words.OUTCOMES[outcome].lower()}"
        for outcome in Outcome
        if count[outcome]
    ]
    total = words.counted(len(report.criteria), "criterion").replace("criterions", "criteria")
    return f"{total}: {', '.join(said)}" if said else "No criteria"


def _load_of(report: Report) -> LoadTable | None:
    """The load table, where a check carries it and the report does not."""
    for criterion in report.criteria:
        for check in criterion.checks:
            for part in check.evidence:
                if isinstance(part, LoadTable):
                    return part
    return None
