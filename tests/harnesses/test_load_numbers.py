"""The arithmetic of the load harness."""

from __future__ import annotations

from random import Random

import pytest

from harnesses.kit.load import words
from harnesses.kit.load.percentiles import Reservoir, percentile
from harnesses.kit.load.recorder import MAX_DISTINCT_ERRORS, MAX_SAMPLES, OTHER_ERRORS, Recorder
from harnesses.kit.load.user import Measured


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.95, 0),
        ([7], 0.95, 7),
        ([3, 1, 2], 0, 1),
        ([3, 1, 2], 0.5, 2),
        ([3, 1, 2], 1, 3),
        ([0, 10], 0.25, 2.5),
        (range(101), 0.95, 95),
    ],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == pytest.approx(expected)


def test_a_reservoir_keeps_everything_until_it_is_full() -> None:
    reservoir: Reservoir[float] = Reservoir(3, Random(1))
    for value in (1.0, 2.0, 3.0):
        reservoir.add(value)
    assert reservoir.values == [1, 2, 3]


def test_a_full_reservoir_is_a_fair_sample() -> None:
    reservoir: Reservoir[float] = Reservoir(1_000, Random(1))
    for value in range(100_000):
        reservoir.add(float(value))
    assert len(reservoir.values) == 1_000
    assert percentile(reservoir.values, 0.5) == pytest.approx(50_000, rel=0.1)


def measured(problem: str = "", milliseconds: float = 10, name: str = "GET /things") -> Measured:
    return Measured(name, milliseconds, 100, problem)


def test_what_counts_as_a_failure_and_what_is_timed() -> None:
    recorder = Recorder(Random(1))
    recorder.add(measured())
    recorder.add(measured(words.STATUS.format(status=500), 1))
    recorder.add(measured(words.REFUSED, 1))
    recorder.add(measured(words.LIMITED, 1))
    recorder.add(measured(words.TOO_SLOW.format(seconds=5), 5_000))
    recorder.note(words.WRONG + "the name")
    done = recorder.done(3, 2.0)
    assert (done.index, done.seconds) == (3, 2)
    assert (done.total.requests, done.total.failures) == (5, 3)
    assert done.total.requests_per_s == 2.5
    assert done.samples_ms == {"GET /things": (10, 5_000)}
    assert sum(done.errors.values()) == 5
    assert (words.limited(done.errors), words.refused(done.errors)) == (1, 1)
    assert words.wrong(done.errors) == 1


def test_what_a_slice_says_is_bounded() -> None:
    recorder = Recorder(Random(1))
    for number in range(MAX_SAMPLES + 5):
        recorder.add(measured(milliseconds=number))
    for number in range(MAX_DISTINCT_ERRORS + 5):
        recorder.note(words.WRONG + str(number))
    done = recorder.done(0, 1.0)
    assert done.total.requests == MAX_SAMPLES + 5
    assert len(done.samples_ms["GET /things"]) == MAX_SAMPLES
    assert len(done.errors) == MAX_DISTINCT_ERRORS + 1
    assert done.errors[OTHER_ERRORS] == 5
    assert len(done.model_dump_json()) < 512 * 1024
