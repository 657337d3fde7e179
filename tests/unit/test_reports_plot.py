"""Where the bars of the small plots stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.evidence import LatencySlice
from grader.domain.report import PhaseTiming
from grader.reports.plot import HEIGHT, WIDTH, load_of, plot_of, spans_of
from tests.support import reports

TIMES = st.floats(0, 1e6, allow_nan=False)


def part(p95: float, start: float = 0, seconds: float = 1, target: str = "app") -> LatencySlice:
    return LatencySlice.model_validate(
        {
            "target": target,
            "start_s": start,
            "seconds": seconds,
            "requests": 1,
            "failures": 0,
            "median_ms": p95 / 2,
            "p95_ms": p95,
        }
    )


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (41, ("50 ms", "25 ms", "0")),
        (217, ("300 ms", "150 ms", "0")),
        (0.4, ("0.4 ms", "0.2 ms", "0")),
        (950, ("1.00 s", "500 ms", "0")),
        (0, ("1.0 ms", "0.5 ms", "0")),
    ],
)
def test_the_axis_ends_at_a_round_number(highest: float, ticks: tuple[str, ...]) -> None:
    assert plot_of([part(highest)]).ticks == ticks


@given(st.lists(st.tuples(TIMES, TIMES, st.floats(0.01, 1e4)), min_size=1, max_size=20))
def test_every_bar_stands_on_the_canvas(values: list[tuple[float, float, float]]) -> None:
    for bar in plot_of([part(p95, start, seconds) for p95, start, seconds in values]).bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.1
        assert -0.1 <= bar.y <= HEIGHT
        assert bar.y + bar.height == pytest.approx(HEIGHT, abs=0.1)


@given(st.lists(st.tuples(TIMES, TIMES), max_size=12))
def test_every_phase_stands_on_its_line(values: list[tuple[float, float]]) -> None:
    phases = [PhaseTiming(name="p", start_s=start, seconds=took) for start, took in values]
    for span in spans_of(phases):
        assert -0.1 <= span.x <= span.x + span.width <= 100.1
        assert span.width > 0


def test_rows_are_paired_by_name() -> None:
    table = reports.load_table(2.0)
    rows = load_of(table.model_copy(update={"calibration": table.calibration[1:]})).rows
    assert [row.reference.name if row.reference else None for row in rows] == [None, "GET /posts"]


def test_a_table_without_slices_has_no_plot() -> None:
    assert load_of(reports.load_table(2.0).model_copy(update={"slices": []})).plot is None
