"""Points: from checks to criteria to a score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.checks import CheckResult
from grader.domain.project import Criterion, Rubric
from grader.domain.scoring import Ending, score
from grader.domain.verdicts import Fault, HarnessKind, Outcome, Verdict

RUBRIC = Rubric(
    criteria=(
        Criterion(id="a.one", title="One", points=40, harness=HarnessKind.FUNCTIONAL),
        Criterion(
            id="a.two", title="Two", points=30, harness=HarnessKind.FUNCTIONAL, needs=("a.one",)
        ),
        Criterion(id="b.one", title="Three", points=30, harness=HarnessKind.CONTRACT),
    )
)
CRASHED = Ending(
    verdict=Verdict.CRASHED, fault=Fault.LEARNER, code="x", title="the app ended", hint="look"
)
OURS = Ending(
    verdict=Verdict.GRADER_ERROR, fault=Fault.PLATFORM, code="x", title="our fault", hint="again"
)


def result(criterion: str, outcome: Outcome, points: int, name: str = "c") -> CheckResult:
    fault = {Outcome.FAILED: Fault.LEARNER, Outcome.ERRORED: Fault.AUTHOR}.get(outcome)
    return CheckResult(
        id=f"{criterion}.{name}",
        criterion=criterion,
        title=name,
        points=points,
        outcome=outcome,
        fault=fault,
        message="" if outcome is Outcome.PASSED else f"{name} {outcome}",
    )


PASSED, FAILED, ERRORED, BLOCKED = (
    Outcome.PASSED,
    Outcome.FAILED,
    Outcome.ERRORED,
    Outcome.BLOCKED,
)

CASES = {
    "all passed": (
        [
            result("a.one", PASSED, 40),
            result("a.two", PASSED, 30),
            result("b.one", PASSED, 30),
        ],
        {},
        (100, 0),
        [PASSED, PASSED, PASSED],
    ),
    "part of a criterion": (
        [
            result("a.one", PASSED, 25, "x"),
            result("a.one", FAILED, 15, "y"),
            result("a.two", BLOCKED, 30),
            result("b.one", PASSED, 30),
        ],
        {},
        (55, 0),
        [FAILED, BLOCKED, PASSED],
    ),
    "a mistake of the author costs nothing": (
        [
            result("a.one", ERRORED, 40),
            result("a.two", PASSED, 30),
            result("b.one", PASSED, 30),
        ],
        {},
        (60, 40),
        [ERRORED, PASSED, PASSED],
    ),
    "half decided": (
        [
            result("a.one", PASSED, 10, "x"),
            result("a.one", ERRORED, 30, "y"),
            result("a.two", PASSED, 30),
            result("b.one", PASSED, 30),
        ],
        {},
        (70, 30),
        [ERRORED, PASSED, PASSED],
    ),
    "the app never started": (
        [],
        {HarnessKind.FUNCTIONAL: CRASHED, HarnessKind.CONTRACT: CRASHED},
        (0, 0),
        [BLOCKED, BLOCKED, BLOCKED],
    ),
    "an echo in another harness is no second loss": (
        [
            result("a.one", FAILED, 40),
            result("a.two", FAILED, 30),
            result("b.one", PASSED, 30),
        ],
        {},
        (30, 0),
        [FAILED, BLOCKED, PASSED],
    ),
    "we broke": (
        [],
        {HarnessKind.FUNCTIONAL: OURS, HarnessKind.CONTRACT: OURS},
        (0, 100),
        [ERRORED, ERRORED, ERRORED],
    ),
    "only the contract run broke": (
        [result("a.one", PASSED, 40), result("a.two", PASSED, 30)],
        {HarnessKind.CONTRACT: OURS},
        (70, 30),
        [PASSED, PASSED, ERRORED],
    ),
    "a check that was never heard of": (
        [result("a.one", PASSED, 40), result("a.two", PASSED, 30)],
        {},
        (70, 30),
        [PASSED, PASSED, ERRORED],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_score(name: str) -> None:
    checks, endings, (earned, undecided), outcomes = CASES[name]
    criteria, total = score(RUBRIC, checks, endings)
    assert (total.earned, total.undecided) == (earned, undecided)
    assert [criterion.outcome for criterion in criteria] == outcomes


def test_blocked_says_by_what() -> None:
    checks = [result("a.one", FAILED, 40), result("a.two", BLOCKED, 30)]
    criteria, _ = score(RUBRIC, checks, {})
    assert criteria[1].blocked_by == ("a.one",)
    assert "“One”" in criteria[1].message


outcomes = st.sampled_from([PASSED, FAILED, ERRORED, BLOCKED])
endings = st.sampled_from([None, CRASHED, OURS])


@given(outcomes, outcomes, st.one_of(st.none(), outcomes), endings, endings)
def test_points_are_kept(
    first: Outcome,
    second: Outcome,
    third: Outcome | None,
    functional: Ending | None,
    contract: Ending | None,
) -> None:
    """Earned, lost and undecided are never negative and always add up."""
    checks = [result("a.one", first, 25, "x"), result("a.one", second, 15, "y")]
    if third:
        checks.append(result("b.one", third, 30))
    said = {HarnessKind.FUNCTIONAL: functional, HarnessKind.CONTRACT: contract}
    criteria, total = score(RUBRIC, checks, {kind: end for kind, end in said.items() if end})
    assert 0 <= total.earned + total.undecided <= 100
    for criterion in criteria:
        assert criterion.lost >= 0
        if criterion.outcome is PASSED:
            assert criterion.earned == criterion.points
