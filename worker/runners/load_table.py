"""From the slices of a load phase to the table that a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

from grader.domain.events import SliceDone
from grader.domain.evidence import LatencyRow, LatencySlice, LoadTable
from grader.domain.text import clean
from harnesses.kit.load.percentiles import percentile

MAX_ERROR_WORDS = 200
MAX_ERRORS = 20
TOTAL = "all requests"


def load_table(users: int, app: Sequence[SliceDone], calibration: Sequence[SliceDone]) -> LoadTable:
    """Put both apps' slices into one table.

    Args:
        users: How many sent requests at the same time.
        app: Slices of the learner's app, in order.
        calibration: Slices of the calibration app, in order; they took turns, this one first.

    Returns:
        The table. Times are those of all slices together: a mean of percentiles would be none,
        and could make all requests slower or quicker than each of their operations.
    """
    return LoadTable(
        users=users,
        app=_rows(app),
        calibration=_rows(calibration),
        slices=_timeline(app, calibration),
        errors=_errors(app),
    )


def total(slices: Sequence[SliceDone]) -> LatencyRow:
    """All requests of all slices as one row; times are exact, in milliseconds."""
    return _merged(TOTAL, [one.total for one in slices], samples(slices), seconds(slices))


def samples(slices: Sequence[SliceDone]) -> list[float]:
    """The response times of all slices, in milliseconds."""
    return [value for one in slices for own in one.samples_ms.values() for value in own]


def seconds(slices: Sequence[SliceDone]) -> float:
    """How long the slices took together; a little more than 0 where there are none."""
    return sum(one.seconds for one in slices) or 1e-9


def add_errors(slices: Sequence[SliceDone]) -> dict[str, int]:
    """What went wrong how often, over all slices."""
    counts: Counter[str] = Counter()
    for one in slices:
        counts.update(one.errors)
    return dict(counts)


def operations(slices: Sequence[SliceDone]) -> list[LatencyRow]:
    """One row for each operation, by name; times are exact, in milliseconds."""
    found = []
    for name in sorted({row.name for one in slices for row in one.rows}):
        rows = [row for one in slices for row in one.rows if row.name == name]
        times = [value for one in slices for value in one.samples_ms.get(name, ())]
        found.append(_merged(name, rows, times, seconds(slices)))
    return found


def _rows(slices: Sequence[SliceDone]) -> list[LatencyRow]:
    return [*operations(slices), total(slices)] if slices else []


def _merged(
    name: str, rows: Sequence[LatencyRow], times: Sequence[float], seconds: float
) -> LatencyRow:
    requests = sum(row.requests for row in rows)
    return LatencyRow(
        name=clean(name, MAX_ERROR_WORDS),
        requests=requests,
        failures=sum(row.failures for row in rows),
        median_ms=round(percentile(times, 0.5), 2),
        p95_ms=round(percentile(times, 0.95), 2),
        p99_ms=round(percentile(times, 0.99), 2),
        requests_per_s=round(requests / seconds, 2),
    )


def _timeline(app: Sequence[SliceDone], calibration: Sequence[SliceDone]) -> list[LatencySlice]:
    """The slices one after the other, as they were run: in turns."""
    found: list[LatencySlice] = []
    start = 0.0
    for pair in zip_longest(calibration, app):
        for target, one in zip(("calibration", "app"), pair, strict=True):
            if one is None:
                continue
            found.append(
                LatencySlice.model_validate(
                    {
                        "target": target,
                        "start_s": round(start, 3),
                        "seconds": one.seconds,
                        "requests": one.total.requests,
                        "failures": one.total.failures,
                        "median_ms": one.total.median_ms,
                        "p95_ms": one.total.p95_ms,
                    }
                )
            )
            start += one.seconds
    return found


def _errors(slices: Sequence[SliceDone]) -> list[str]:
    """What went wrong how often, the most frequent first."""
    ordered = sorted(add_errors(slices).items(), key=lambda item: (-item[1], item[0]))
    return [f"{count} × {clean(words, MAX_ERROR_WORDS)}" for words, count in ordered[:MAX_ERRORS]]
