"""Counting one slice of load."""

from __future__ import annotations

from collections import Counter
from random import Random

from grader.domain.events import SliceDone
from grader.domain.evidence import LatencyRow
from harnesses.kit.load import words
from harnesses.kit.load.percentiles import Reservoir, percentile
from harnesses.kit.load.user import Measured

MAX_SAMPLES = 20_000
MAX_ROW_SAMPLES = 5_000
MAX_DISTINCT_ERRORS = 20
OTHER_ERRORS = "other"
TOTAL = "all requests"


class Row:
    """What is known of the requests of one operation."""

    def __init__(self, name: str, samples: Reservoir) -> None:
        self.name = name
        self.samples = samples
        self.requests = 0
        self.failures = 0

    def add(self, measured: Measured) -> None:
        self.requests += 1
        if measured.problem not in ("", words.LIMITED):
            self.failures += 1
        # An answer that did not come in time took at least that long: leaving it out would make
        # an app that hangs look quick. What failed sooner says nothing about the time of answers.
        if not measured.problem or words.is_too_slow(measured.problem):
            self.samples.add(measured.milliseconds)

    def latency(self, seconds: float) -> LatencyRow:
        times = self.samples.values
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
        self._random = random
        self._rows: dict[str, Row] = {}
        self._total = Row(TOTAL, Reservoir(MAX_SAMPLES, random))
        self._errors: Counter[str] = Counter()

    def add(self, measured: Measured) -> None:
        """Count one request."""
        row = self._rows.get(measured.name)
        if row is None:
            samples = Reservoir(MAX_ROW_SAMPLES, self._random)
            row = self._rows[measured.name] = Row(measured.name, samples)
        row.add(measured)
        self._total.add(measured)
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
        return SliceDone(
            index=index,
            seconds=seconds,
            rows=tuple(self._rows[name].latency(seconds) for name in sorted(self._rows)),
            total=self._total.latency(seconds),
            samples_ms=tuple(round(value, 2) for value in self._total.samples.values),
            errors=dict(self._errors.most_common()),
        )
