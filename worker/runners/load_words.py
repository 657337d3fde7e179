"""What the judge of a load phase says to a learner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.domain.evidence import LatencyRow
from grader.domain.text import clean
from harnesses.kit.load import words

NEVER_RAN = "The load test did not run"
NO_CALIBRATION = "The reference app did not run, so there is nothing to compare your app with"
BAD_CALIBRATION = "The reference app itself failed, so there is nothing to compare your app with"
FEW_CALIBRATION = "The machine was too busy: even the reference app answered hardly anything"

LIMITED_HINT = (
    "Let an environment variable switch the rate limit off, and set it in grader.toml under "
    "[environment]."
)
DIED_HINT = "Read the end of your app's log: it says why the program ended."
P95_HINT = (
    "Look for work that is done again for each request: a query for each row, a search without an "
    "index, a connection that is opened anew, a file that is read again, a sleep."
)
THROUGHPUT_HINT = (
    "Serve requests in parallel: a server with threads or workers (gunicorn, uvicorn) in place of "
    "one request at a time, no blocking calls in async code, no lock held while you wait."
)
FAILURES_HINT = "Read the traceback in your app's log: two requests at once meet something there."
SLOW_HINT = "Some requests never ended: look for a lock that is not released, or a pool run dry."
SHOWN_ERRORS = 3
MAX_ERROR_CHARS = 120


def died(slice_number: int, slices: int, answers: int) -> str:
    return (
        f"Your app ended under load, in round {slice_number} of {slices} after {answers} answers: "
        "from then on nothing listened any more"
    )


def limited(refused: int, requests: int) -> str:
    return (
        f"Your app refused {refused} of {requests} requests with 429, too many requests, so this "
        "could not be measured; that costs no points"
    )


def few_answers(answers: int, requests: int) -> str:
    return f"Only {answers} of {requests} requests got an answer, too few to measure their time"


def failures_expected(limit: float) -> str:
    return f"at most {_percent(limit)} of requests fail" if limit else "no request fails"


def failures_actual(failures: int, requests: int, errors: Mapping[str, int]) -> str:
    if not failures:
        return f"none of {requests} failed"
    failed = {k: v for k, v in errors.items() if k != words.LIMITED and not _is_wrong(k)}
    frequent = sorted(failed.items(), key=lambda item: -item[1])[:SHOWN_ERRORS]
    return ", ".join(f"{count} × {clean(text, MAX_ERROR_CHARS)}" for text, count in frequent)


def failures_message(failures: int, requests: int, users: int) -> str:
    share = _percent(failures / requests)
    return f"{failures} of {requests} requests failed with {users} users at once ({share})"


def forgiven(failures: int, requests: int, errors: Mapping[str, int], limit: float) -> str:
    """A remark on failures too few to cost a point; a learner would not hear of them otherwise."""
    return (
        f"Under load {failures} of {requests} requests failed "
        f"({failures_actual(failures, requests, errors)}); up to {_percent(limit)} cost no points, "
        "but your app's log may say why"
    )


def hint_for(errors: Mapping[str, int]) -> str:
    """A hint for what is most frequent; empty where the criterion's own is as good."""
    most = max(errors, key=lambda text: errors[text], default="")
    return SLOW_HINT if words.is_too_slow(most) else ""


@dataclass(frozen=True)
class Times:
    """Within what time a share of the answers came, from both apps, in milliseconds.

    ``share`` is in words; a calibration app quicker than ``floor_ms`` counts as that quick.
    """

    share: str
    app_ms: float
    calibration_ms: float
    limit: float
    floor_ms: float

    @property
    def base_ms(self) -> float:
        return max(self.calibration_ms, self.floor_ms)

    @property
    def ratio(self) -> float:
        return self.app_ms / self.base_ms

    @property
    def message(self) -> str:
        return (
            f"{self.share.capitalize()} of your answers took up to {_time(self.app_ms)}; the "
            "reference app, run beside yours on the same machine, took up to "
            f"{_time(self.calibration_ms)}; up to {self.limit:g} times as long is fine"
        )

    @property
    def expected(self) -> str:
        why = f"{self.limit:g} × {_time(self.base_ms)}"
        if self.calibration_ms < self.floor_ms:
            floor = _time(self.floor_ms)
            why += f"; anything below {floor} counts as {floor}"
        return f"{self.share} of answers within {_time(self.limit * self.base_ms)} ({why})"

    @property
    def actual(self) -> str:
        return f"{self.share} of answers within {_time(self.app_ms)} ({_times(self.ratio)})"


def slowest(row: LatencyRow) -> str:
    return f"; slowest is {row.name} with {_time(row.p95_ms)}"


def throughput_message(app_per_s: float, calibration_per_s: float, users: int, limit: float) -> str:
    return (
        f"With {users} users at once your app answered {_rate(app_per_s)} requests a second; the "
        f"reference app, run beside yours on the same machine, {_rate(calibration_per_s)}; "
        f"{_percent(limit)} of that is enough"
    )


def throughput_expected(limit: float, calibration_per_s: float) -> str:
    return f"at least {_rate(limit * calibration_per_s)} requests a second"


def throughput_actual(app_per_s: float, ratio: float) -> str:
    return f"{_rate(app_per_s)} requests a second ({_percent(ratio)} of the reference app's)"


def _is_wrong(text: str) -> bool:
    return text.startswith(words.WRONG)


def _time(ms: float) -> str:
    if ms >= 1000:
        return f"{ms / 1000:.1f} s"
    return f"{ms:.0f} ms" if ms >= 10 else f"{ms:.1f} ms"


def _times(ratio: float) -> str:
    return f"{ratio:.0f} times as long" if ratio >= 10 else f"{ratio:.1f} times as long"


def _rate(per_second: float) -> str:
    return f"{per_second:.0f}" if per_second >= 10 else f"{per_second:.1f}"


def _percent(share: float) -> str:
    percent = share * 100
    return f"{percent:.0f} %" if percent >= 10 or percent == int(percent) else f"{percent:.1f} %"
