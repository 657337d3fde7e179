"""Which script each service plays, and what it was asked."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Mapping

from harnesses.kit.simulators.exchange import Answer, Call, Request, Script

KEPT_CALLS = 1_000
"""Of each host: whoever asks more often has them counted, and the first ones kept."""


class Stage:
    """The state of all simulators; safe to use from several threads.

    Args:
        scripts: What each host plays at the beginning, and again after :meth:`begin`.
    """

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self._usual = dict(scripts)
        self._scripts = dict(scripts)
        self._calls: dict[str, deque[Call]] = {}
        self._counts: Counter[str] = Counter()
        self._act = 0
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Forget every call, and play the usual scripts."""
        with self._lock:
            self._act += 1
            self._scripts = dict(self._usual)
            self._calls.clear()
            self._counts.clear()

    def play(self, host: str, script: Script) -> None:
        """Have a host play a script from now on.

        Raises:
            KeyError: If the host is not simulated.
        """
        with self._lock:
            if host not in self._usual:
                raise KeyError(host)
            self._scripts[host] = script

    def script(self, host: str) -> Script:
        """What a host plays."""
        with self._lock:
            return self._scripts[host]

    def take(self, request: Request) -> Answer:
        """Answer a request and remember it.

        It is remembered before the answer goes out: who got an answer was counted.
        """
        with self._lock:
            script, act = self._scripts[request.host], self._act
        answer = script.answer(request)
        with self._lock:
            if act == self._act:  # a request of the check before is none of this one's
                self._counts[request.host] += 1
                calls = self._calls.setdefault(request.host, deque())
                if len(calls) < KEPT_CALLS:
                    calls.append(Call(request, answer))
        return answer

    def calls(self, host: str) -> tuple[int, tuple[Call, ...]]:
        """How often a host was asked, and the first calls, in order."""
        with self._lock:
            return self._counts[host], tuple(self._calls.get(host, ()))
