"""Sending requests to the app under test, and noticing when it is no longer there."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import httpx

from grader.domain.evidence import HttpExchange
from harnesses.kit.http import Answer, HttpClient, NoAnswer, TooMuch

TIMEOUT_S = 10.0
MAX_BODY_BYTES = 1024 * 1024
"""Longer answers are a fault of their own: a hundred of them must fit into the harness's memory."""
PATIENCE_S = (0.2, 0.4, 0.8)
"""Pauses before a refused request is sent again: an app that restarts itself is given the time."""
HANGS_IN_A_ROW = 2
"""So many requests without an answer, on any operations, and the app counts as hanging."""
HANGS_PER_OPERATION = 2
"""After so many, an operation is left alone: each further one would cost :data:`TIMEOUT_S`."""
HURTS_PER_OPERATION = 10
"""The same for answers that break off or are too long: they cost time and memory."""
TOO_MANY_REQUESTS = 429
MAX_PAUSE_S = 2.0
MAX_PAUSES_S = 10.0

# What the client itself refuses to put on the wire: generated requests can be that odd.
UNSENDABLE = (
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    UnicodeEncodeError,
)

Kind = Literal["refused", "silent", "broken", "too_long"]


@dataclass(frozen=True)
class Trouble:
    """A request that got no usable answer."""

    kind: Kind
    exchange: HttpExchange


@dataclass(frozen=True)
class Gone:
    """The app no longer answers. ``last`` is the request that shows it."""

    kind: Literal["crashed", "hangs"]
    after: int
    operation: str
    last: HttpExchange


class Over(Exception):  # noqa: N818 - says what it is
    """Not sent: the budget is spent, the app or the operation is gone, or HTTP cannot carry it."""


class Sender:
    """Sends requests one after the other.

    Args:
        client: Bounded in bytes and time.
        seconds: Budget for all requests together.
        clock: For the budget.
    """

    def __init__(
        self, client: HttpClient, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._clock = clock
        self._deadline = clock() + seconds
        self._hangs: Counter[str] = Counter()
        self._hurts: Counter[str] = Counter()
        self._hangs_in_a_row = 0
        self._paused = 0.0
        self._suspect: tuple[str, HttpExchange] | None = None
        self.answered = 0
        self.limited = 0
        self.gone: Gone | None = None
        self.out_of_time = False

    @property
    def over(self) -> bool:
        """Whether nothing is sent any more."""
        return self.gone is not None or self.out_of_time

    def run_out(self) -> None:
        """The time is over: send nothing any more."""
        self.out_of_time = True

    def send(
        self,
        label: str,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | str | None,
    ) -> Answer | Trouble:
        """Send one request.

        Args:
            label: The operation, for what is remembered about it.
            method: In capitals.
            target: Path and query.
            headers: Besides the client's own.
            body: As it goes on the wire.

        Raises:
            Over: If it is not sent.
        """
        self._check_over(label)
        outcome = self._attempt(method, target, headers, body)
        if isinstance(outcome, NoAnswer):
            return self._trouble(label, outcome)
        self._hangs_in_a_row = 0
        self._suspect = None
        if outcome.status == TOO_MANY_REQUESTS:
            self.limited += 1
        else:
            self.answered += 1
        if len(outcome.body) > MAX_BODY_BYTES:
            self._hurts[label] += 1
            return Trouble("too_long", _too_long(outcome))
        return outcome

    def _check_over(self, label: str) -> None:
        if self._clock() >= self._deadline:
            self.run_out()
        if self.over or self._left_alone(label):
            raise Over

    def _left_alone(self, label: str) -> bool:
        return (
            self._hangs[label] >= HANGS_PER_OPERATION or self._hurts[label] >= HURTS_PER_OPERATION
        )

    def _attempt(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | str | None
    ) -> Answer | NoAnswer:
        """Once, and again where the answer was about timing rather than about this request."""
        outcome = self._once(method, target, headers, body)
        for pause in PATIENCE_S:
            if not (isinstance(outcome, NoAnswer) and outcome.refused):
                break
            time.sleep(pause)
            outcome = self._once(method, target, headers, body)
        if isinstance(outcome, Answer) and outcome.status == TOO_MANY_REQUESTS:
            pause = _pause_of(outcome)
            if self._paused + pause <= MAX_PAUSES_S:
                self._paused += pause
                time.sleep(pause)
                outcome = self._once(method, target, headers, body)
        return outcome

    def _once(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | str | None
    ) -> Answer | NoAnswer:
        try:
            return self._client.request(
                method, target, content=body, headers=headers, timeout=TIMEOUT_S
            )
        except NoAnswer as error:
            if isinstance(error.__cause__, UNSENDABLE):
                raise Over from error
            return error
        except UNSENDABLE as error:
            raise Over from error

    def _trouble(self, label: str, error: NoAnswer) -> Trouble:
        if error.refused:
            # Whoever is refused did not do it: the request before did.
            self.gone = Gone("crashed", self.answered, *(self._suspect or (label, error.exchange)))
            return Trouble("refused", error.exchange)
        self._suspect = (label, error.exchange)
        if isinstance(error.__cause__, TooMuch):
            self._hurts[label] += 1
            return Trouble("too_long", error.exchange)
        if not isinstance(error.__cause__, httpx.TimeoutException):
            self._hurts[label] += 1
            return Trouble("broken", error.exchange)
        self._hangs[label] += 1
        self._hangs_in_a_row += 1
        if self._hangs_in_a_row > HANGS_IN_A_ROW:
            self.gone = Gone("hangs", self.answered, label, error.exchange)
        return Trouble("silent", error.exchange)


def _pause_of(answer: Answer) -> float:
    """What the app asks for (RFC 9110, 10.2.3), within reason."""
    asked = answer.headers.get("retry-after", "")
    return min(float(asked) if asked.isdigit() else 1.0, MAX_PAUSE_S)


def _too_long(answer: Answer) -> HttpExchange:
    return answer.exchange.model_copy(
        update={"error": f"the body is longer than {MAX_BODY_BYTES // 1024 // 1024} MiB"}
    )
