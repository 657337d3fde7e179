"""Judging a load phase: from numbers to outcomes and words."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest

from grader.domain.checks import CheckResult
from grader.domain.events import SliceDone
from grader.domain.evidence import LatencyRow
from grader.domain.project import LoadPlan, Rubric
from grader.domain.verdicts import Fault, Outcome
from harnesses.kit.load import words
from harnesses.kit.load.recorder import Recorder
from harnesses.kit.load.user import Measured
from worker.runners.load_judge import forgiven, judge

MEASURES = ("correctness", "failures", "p95_ratio", "throughput_ratio")
LIMITS = {"correctness": 0, "failures": 0.01, "p95_ratio": 4, "throughput_ratio": 0.25}
RUBRIC = Rubric.model_validate(
    {
        "criteria": [
            {"id": f"load.{m}", "title": m, "points": 25, "harness": "load"} for m in MEASURES
        ]
    }
)
PLAN = LoadPlan.model_validate(
    {
        "users": 8,
        "limits": [{"criterion": f"load.{m}", "measure": m, "limit": LIMITS[m]} for m in MEASURES],
    }
)


@dataclass
class App:
    """An app as its slices show it: each answers in ``ms``, ``errors`` come on top."""

    ms: float = 20
    answers: int = 200
    errors: dict[str, int] = field(default_factory=dict)
    seconds: float = 1.5

    def slice(self, index: int) -> SliceDone:
        limited = self.errors.get(words.LIMITED, 0)
        failed = sum(n for text, n in self.errors.items() if not text.startswith(words.WRONG))
        row = LatencyRow(
            name="GET /things",
            requests=self.answers + failed,
            failures=failed - limited,
            median_ms=self.ms,
            p95_ms=self.ms,
            p99_ms=self.ms,
            requests_per_s=(self.answers + failed) / self.seconds,
        )
        slow = sum(n for text, n in self.errors.items() if text == SLOW)
        return SliceDone(
            index=index,
            seconds=self.seconds,
            rows=(row,),
            total=row.model_copy(update={"name": "all requests"}),
            samples_ms={row.name: (self.ms,) * self.answers + (5_000.0,) * slow},
            errors=self.errors,
        )


SLOW = words.TOO_SLOW.format(seconds=5)
DEAD = App(answers=0, errors={words.REFUSED: 200})


ERROR = {"status 500": 99}

CASES = {
    # name: (app, calibration app, outcomes of failures, p95_ratio, throughput_ratio)
    "equal": (App(), App(), "passed passed passed"),
    "quicker": (App(ms=2, answers=300), App(), "passed passed passed"),
    "four times as slow": (App(ms=80), App(), "passed passed passed"),
    "slower than that": (App(ms=80.1), App(), "passed failed passed"),
    "a quarter as many answers": (App(answers=50), App(), "passed passed passed"),
    "fewer than that": (App(answers=49), App(), "passed passed failed"),
    "quick beside a quicker one": (App(ms=39), App(ms=1), "passed passed passed"),
    "slow beside a quicker one": (App(ms=41), App(ms=1), "passed failed passed"),
    "one failure in 200": (App(errors={"status 500": 2}), App(), "passed passed passed"),
    "many failures": (App(errors={"status 500": 3}), App(), "failed passed passed"),
    "only failures": (App(answers=0, errors=ERROR), App(), "failed failed failed"),
    "hangs": (App(answers=0, errors={SLOW: 8}, seconds=6.5), App(), "failed failed failed"),
    "some limits": (App(errors={words.LIMITED: 20}), App(), "passed passed passed"),
    "many limits": (App(errors={words.LIMITED: 99}), App(), "passed errored errored"),
    "only limits": (App(answers=0, errors={words.LIMITED: 99}), App(), "errored errored errored"),
    "wrong is no failure": (App(errors={words.WRONG + "x": 9}), App(), "passed passed passed"),
    "calibration hardly answers": (App(), App(answers=5), "passed errored errored"),
    "calibration fails": (App(), App(errors=ERROR), "passed errored errored"),
    "calibration is wrong": (App(), App(errors={words.WRONG + "x": 1}), "passed errored errored"),
    "both fail": (App(errors=ERROR), App(errors=ERROR), "errored errored errored"),
    "dead from the start": (DEAD, App(), "failed failed failed"),
}


@pytest.mark.parametrize("name", CASES)
def test_outcomes(name: str) -> None:
    app, calibration, expected = CASES[name]
    results, _ = judge(PLAN, RUBRIC, four(app), four(calibration))
    assert " ".join(result.outcome for result in results) == expected
    for result in results:
        assert (result.fault is Fault.LEARNER) == (result.outcome is Outcome.FAILED)
        assert bool(result.message) == (result.outcome is not Outcome.PASSED)
        assert result.points == 25


def four(app: App) -> list[SliceDone]:
    return [app.slice(index) for index in range(4)]


def one(measure: str, app: App, calibration: App | None = None) -> CheckResult:
    results, _ = judge(PLAN, RUBRIC, four(app), four(calibration or App()))
    return next(r for r in results if r.criterion == f"load.{measure}")


def test_words_for_a_slow_app() -> None:
    result = one("p95_ratio", App(ms=420), App(ms=35))
    assert result.message == (
        "95 % of your answers took up to 420 ms; the reference app, run beside yours on the "
        "same machine, took up to 35 ms; up to 4 times as long is fine"
    )
    assert result.expected == "95 % of answers within 140 ms (4 × 35 ms)"
    assert result.actual == "95 % of answers within 420 ms (12 times as long)"
    assert "index" in result.hint


def test_words_for_a_slow_app_beside_one_too_quick_to_compare() -> None:
    result = one("p95_ratio", App(ms=1_234), App(ms=3.21))
    assert result.message.startswith("95 % of your answers took up to 1.2 s; the reference app")
    assert "took up to 3.2 ms" in result.message
    assert result.expected == (
        "95 % of answers within 40 ms (4 × 10 ms; anything below 10 ms counts as 10 ms)"
    )
    assert result.actual == "95 % of answers within 1.2 s (123 times as long)"


def test_an_app_that_always_sleeps_is_told_on_a_busy_machine() -> None:
    busy = [uneven(App(ms=50).slice(0), p95_ms=120.0)]
    slow = [uneven(App(ms=350).slice(0), p95_ms=450.0)]
    results, _ = judge(PLAN, RUBRIC, slow, busy)
    assert results[1].outcome is Outcome.FAILED
    assert results[1].message == (
        "Half of your answers took up to 350 ms; the reference app, run beside yours on the "
        "same machine, took up to 50 ms; up to 4 times as long is fine"
    )


def uneven(one: SliceDone, p95_ms: float) -> SliceDone:
    """The slice with a tenth of its answers as slow as this."""
    times = one.samples_ms["GET /things"]
    many = len(times) // 10
    update = {"samples_ms": {"GET /things": times[many:] + (p95_ms,) * many}}
    return one.model_copy(update=update)


def test_words_for_few_answers_a_second() -> None:
    result = one("throughput_ratio", App(answers=20))
    assert result.message == (
        "With 8 users at once your app answered 13 requests a second; the reference app, run "
        "beside yours on the same machine, 133; 25 % of that is enough"
    )
    assert result.expected == "at least 33 requests a second"
    assert result.actual == "13 requests a second (10 % of the reference app's)"


def test_words_for_failures() -> None:
    result = one("failures", App(answers=180, errors={"status 500": 15, words.CLOSED: 5}))
    assert result.message == "80 of 800 requests failed with 8 users at once (10 %)"
    assert result.expected == "at most 1 % of requests fail"
    assert result.actual == f"60 × status 500, 20 × {words.CLOSED}"


def test_words_for_an_app_that_limits() -> None:
    result = one("p95_ratio", App(answers=20, errors={words.LIMITED: 180}))
    assert result.message == (
        "Your app refused 720 of 800 requests with 429, too many requests, so this could not be "
        "measured; that costs no points"
    )
    assert result.fault is None
    assert "grader.toml" in result.hint


@pytest.mark.parametrize("measure", ["p95_ratio", "throughput_ratio"])
def test_without_calibration_nothing_is_compared(measure: str) -> None:
    results, _ = judge(PLAN, RUBRIC, four(App()), [])
    result = next(r for r in results if r.criterion == f"load.{measure}")
    assert (result.outcome, result.fault) == (Outcome.ERRORED, Fault.PLATFORM)


def test_an_app_that_dies_loses_with_the_cause() -> None:
    slices = [App().slice(0), App(answers=31, errors={words.REFUSED: 100}).slice(1), DEAD.slice(2)]
    results, table = judge(PLAN, RUBRIC, slices, four(App()), [correctness(Outcome.FAILED)])
    assert [r.outcome for r in results] == [Outcome.FAILED] * 4
    assert {r.message for r in results} == {
        "Your app ended under load, in round 2 of 3 after 231 answers: from then on nothing "
        "listened any more"
    }
    assert table.errors == [f"300 × {words.REFUSED}"]


def test_an_app_that_comes_back_did_not_die() -> None:
    slices = [App(errors={words.REFUSED: 100}).slice(0), App().slice(1)]
    results, _ = judge(PLAN, RUBRIC, slices, four(App()))
    assert [r.outcome for r in results] == [Outcome.FAILED, Outcome.PASSED, Outcome.PASSED]
    assert "failed with 8 users" in results[0].message


def correctness(outcome: Outcome) -> CheckResult:
    return CheckResult(
        id="load.correctness", criterion="load.correctness", title="", points=25, outcome=outcome
    )


@pytest.mark.parametrize("outcome", [Outcome.PASSED, Outcome.FAILED, Outcome.ERRORED])
def test_correctness_is_the_harness_word(outcome: Outcome) -> None:
    results, _ = judge(PLAN, RUBRIC, four(App()), four(App()), [correctness(outcome)])
    assert [r.criterion for r in results] == [f"load.{m}" for m in MEASURES[1:]]


def test_an_app_that_was_wrong_before_it_died_stays_wrong() -> None:
    slices = [App(errors={words.WRONG + "x": 3}).slice(0), DEAD.slice(1)]
    results, _ = judge(PLAN, RUBRIC, slices, four(App()), [correctness(Outcome.FAILED)])
    assert "load.correctness" not in {r.criterion for r in results}


def test_what_the_harness_decided_is_not_repeated() -> None:
    said = [
        CheckResult(id=f"load.{m}", criterion=f"load.{m}", title="", points=25, outcome="failed")
        for m in MEASURES
    ]
    results, table = judge(PLAN, RUBRIC, [], four(App()), said)
    assert results == []
    assert table.app == []
    assert len(table.slices) == 4


def test_a_run_without_any_slice_is_undecided() -> None:
    results, table = judge(PLAN, RUBRIC, [], [])
    assert {(r.outcome, r.fault) for r in results} == {(Outcome.ERRORED, Fault.PLATFORM)}
    assert (table.app, table.calibration, table.slices) == ([], [], [])


def test_the_table_adds_slices_up_in_turns() -> None:
    app = [App(ms=10).slice(0), App(ms=30).slice(1)]
    _, table = judge(PLAN, RUBRIC, app, [App(seconds=2).slice(0), App().slice(1)])
    assert table.users == 8
    operation, everything = table.app
    assert (operation.name, operation.requests, operation.median_ms) == ("GET /things", 400, 20)
    assert (everything.name, everything.p95_ms) == ("all requests", 30)
    assert everything.requests_per_s == pytest.approx(400 / 3, abs=0.01)
    assert [(s.target, s.start_s) for s in table.slices] == [
        ("calibration", 0),
        ("app", 2),
        ("calibration", 3.5),
        ("app", 5),
    ]


def test_the_slowest_operation_is_named() -> None:
    slow = App(ms=400).slice(0)
    quick = slow.rows[0].model_copy(update={"name": "POST /things", "p95_ms": 9})
    slices = [slow.model_copy(update={"rows": (quick, *slow.rows)})]
    results, _ = judge(PLAN, RUBRIC, slices, four(App()))
    assert results[1].actual.endswith("; slowest is GET /things with 400 ms")


def test_all_requests_lie_between_their_operations() -> None:
    """Slices that differ much: means of their percentiles would lie elsewhere."""
    slices = [measured_slice(0, [2.0] * 90 + [3.0] * 10, [5.0] * 10)]
    slices.append(measured_slice(1, [40.0] * 10, [80.0] * 90 + [90.0] * 10))
    _, table = judge(PLAN, RUBRIC, slices, slices)
    *rows, everything = table.app
    for name in ("median_ms", "p95_ms", "p99_ms"):
        parts = [getattr(row, name) for row in rows]
        assert min(parts) <= getattr(everything, name) <= max(parts), name
    assert everything.requests == sum(row.requests for row in rows) == 220


def measured_slice(index: int, reads: list[float], writes: list[float]) -> SliceDone:
    recorder = Recorder(Random(1))
    for name, times in (("GET /things", reads), ("POST /things", writes)):
        for milliseconds in times:
            recorder.add(Measured(name, milliseconds, 100))
    return recorder.done(index, 1.5)


def test_failures_that_cost_nothing_are_told() -> None:
    slices = four(App(errors={"status 500": 2}))
    results, _ = judge(PLAN, RUBRIC, slices, four(App()))
    assert forgiven(PLAN, slices, results) == (
        "Under load 8 of 808 requests failed (8 × status 500); up to 1 % cost no points, but your "
        "app's log may say why"
    )
    for app in (App(), App(errors={"status 500": 30})):
        results, _ = judge(PLAN, RUBRIC, four(app), four(App()))
        assert forgiven(PLAN, four(app), results) == ""
