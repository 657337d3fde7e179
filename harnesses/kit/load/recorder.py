"""Counting one slice of load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from grader.domain.events import SliceDone
from grader.domain.evidence import LatencyRow
from harnesses.kit.load import words
from harnesses.kit.load.percentiles import Reservoir, percentile
from harnesses.kit.load.user import Measured

MAX_SAMPLES = 20_000
MAX_DISTINCT_ERRORS = 20
OTHER_ERRORS = "other"
TOTAL = "all requests"


class Row:
    """How many requests of one operation there were, and how many failed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.requests = 0
        self.failures = 0

    def add(self, measured: Measured) -> None:
        self.requests += 1
        if measured.problem not in ("", words.LIMITED):
            self.failures += 1

    def latency(self, times: Sequence[float], seconds: float) -> LatencyRow:
        return LatencyRow(
            name=self.name,
            requests=self.requests,
            failures=self.failures,
            median_ms=round(percentile(times, 0.5), 2),
            p95_ms=round(percentile(times, 0.95), 2),
            p99_ms=round(percentile(times, 0.99), 2),
            requests_per_s=round(self.requests / seconds, 2),
        )


class Recorder:
    """Counts what happens until :meth:`done`.

    Args:
        random: Decides which samples are kept once there are more than may be.
    """

    def __init__(self, random: Random) -> None:
        self._rows: dict[str, Row] = {}
        self._total = Row(TOTAL)
        # One sample of all requests, not one of each operation: so the times of all together are
        # those of the operations, each with its own weight.
        self._samples: Reservoir[tuple[str, float]] = Reservoir(MAX_SAMPLES, random)
        self._errors: Counter[str] = Counter()

    def add(self, measured: Measured) -> None:
        """Count one request."""
        self._rows.setdefault(measured.name, Row(measured.name)).add(measured)
        self._total.add(measured)
        # An answer that did not come in time took at least that long: leaving it out would make
        # an app that hangs look quick. What failed sooner says nothing about the time of answers.
        if not measured.problem or words.is_too_slow(measured.problem):
            self._samples.add((measured.name, measured.milliseconds))
        if measured.problem:
            self.note(measured.problem)

    def note(self, error: str) -> None:
        """Count something that is not right, by its words."""
        known = error in self._errors or len(self._errors) < MAX_DISTINCT_ERRORS
        self._errors[error if known else OTHER_ERRORS] += 1

    def done(self, index: int, seconds: float) -> SliceDone:
        """The slice that ended.

        Args:
            index: Which one.
            seconds: From its begin until its last request ended.
        """
        times: dict[str, list[float]] = {name: [] for name in sorted(self._rows)}
        for name, milliseconds in self._samples.values:
            times[name].append(round(milliseconds, 2))
        together = [value for own in times.values() for value in own]
        return SliceDone(
            index=index,
            seconds=seconds,
            rows=tuple(self._rows[name].latency(own, seconds) for name, own in times.items()),
            total=self._total.latency(together, seconds),
            samples_ms={name: tuple(own) for name, own in times.items()},
            errors=dict(self._errors.most_common()),
        )
