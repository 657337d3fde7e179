"""Geometry of the small plots: numbers in, places on a canvas out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.domain.evidence import LatencyRow, LatencySlice, LoadTable
from grader.domain.report import PhaseTiming
from grader.reports import words

WIDTH = 1000
HEIGHT = 100
STEPS = (1, 2, 3, 4, 5, 6, 8)
LEAST = 0.001
"""Milliseconds below which nothing was measured."""

FILLED = 0.96
"""How much of its time a bar takes, so that bars do not touch."""

MIN_SPAN = 0.6
"""A phase of a few milliseconds is still seen."""


@dataclass(frozen=True)
class Bar:
    """One slice of load: as wide as it lasted, as high as its 95th percentile."""

    target: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class LoadPlot:
    """A bar chart of slices on a canvas of :data:`WIDTH` by :data:`HEIGHT`."""

    bars: tuple[Bar, ...]
    ticks: tuple[str, ...]
    end: str
    words: str


@dataclass(frozen=True)
class ComparedRow:
    """One operation on the app and on the reference app."""

    app: LatencyRow
    reference: LatencyRow | None


@dataclass(frozen=True)
class Load:
    """A load table, ready to be drawn."""

    table: LoadTable
    rows: tuple[ComparedRow, ...]
    plot: LoadPlot | None


@dataclass(frozen=True)
class Span:
    """A phase as a bar on a line of 100."""

    name: str
    x: float
    width: float
    seconds: float


def load_of(table: LoadTable) -> Load:
    """Pair the rows of the app with those of the reference app, and draw the slices."""
    reference = {row.name: row for row in table.calibration}
    return Load(
        table=table,
        rows=tuple(ComparedRow(row, reference.get(row.name)) for row in table.app),
        plot=plot_of(table.slices) if table.slices else None,
    )


def plot_of(slices: Sequence[LatencySlice]) -> LoadPlot:
    """Draw slices; there must be at least one."""
    top = _round_up(max(part.p95_ms for part in slices))
    end = max(part.start_s + part.seconds for part in slices)
    bars = []
    for part in slices:
        height = HEIGHT * part.p95_ms / top
        bars.append(
            Bar(
                target=part.target,
                x=round(WIDTH * part.start_s / end, 2),
                y=round(HEIGHT - height, 2),
                width=round(WIDTH * part.seconds / end * FILLED, 2),
                height=round(height, 2),
            )
        )
    return LoadPlot(
        bars=tuple(bars),
        ticks=(words.milliseconds(top), words.milliseconds(top / 2), "0"),
        end=words.seconds(end),
        words=_in_words(slices),
    )


def spans_of(phases: Iterable[PhaseTiming]) -> tuple[Span, ...]:
    """Lay phases along the time that the whole grade took."""
    listed = sorted(phases, key=lambda phase: (phase.start_s, -phase.seconds))
    end = max((phase.start_s + phase.seconds for phase in listed), default=0)
    if end <= 0:
        return ()
    return tuple(_span(phase, end) for phase in listed)


def _span(phase: PhaseTiming, end: float) -> Span:
    width = max(MIN_SPAN, 100 * phase.seconds / end)
    start = min(100 * phase.start_s / end, 100 - width)
    return Span(phase.name, round(start, 2), round(width, 2), phase.seconds)


def _round_up(value: float) -> float:
    """The next number with one digit, so that the axis and its half are readable."""
    if value < LEAST:
        return 1.0
    magnitude = 10 ** math.floor(math.log10(value))
    return float(next((s * magnitude for s in STEPS if s * magnitude >= value), 10 * magnitude))


def _in_words(slices: Sequence[LatencySlice]) -> str:
    said = []
    for target, name in (("app", "Your app"), ("calibration", "The reference app")):
        times = [part.p95_ms for part in slices if part.target == target]
        if times:
            low, high = words.milliseconds(min(times)), words.milliseconds(max(times))
            took = f"within {low}" if low == high else f"within {low} to {high}"
            said.append(f"{name}: 95 of 100 answers came {took}, by slice of {len(times)}.")
    return "Bar chart of response times. " + " ".join(said)
