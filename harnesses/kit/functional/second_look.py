"""A second look: some checks that passed are repeated, by a client that nobody knows.

An app can be right for clients that it knows, or for its first so many requests, and for nobody
else. Such an app keeps its points, and a person is told what was seen.

No honest app may be suspected because it is slow, crashes now and then, answers by turns from
several processes, or limits its clients. So nothing is said

- of an app that got less than half of its points,
- unless all of many repetitions, known and unknown clients in random order, say the same,
- when an app was wrong for everybody, unless its answers were complete ones without a server
  error, in checks of two criteria.
"""

from __future__ import annotations

import inspect
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from grader.domain.checks import PlannedCheck
from grader.domain.evidence import HttpExchange
from grader.domain.report import Flag
from harnesses.kit.api import Api
from harnesses.kit.dialect import Reading
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.http import Answer, HttpClient
from harnesses.kit.identities import stranger
from harnesses.kit.pages import Site

TIME_SHARE = 0.06
"""Of the time that the checks took; a tenth is what it may cost, with all that is around it."""
LONGEST_S = 12.0
"""When an app is under suspicion, which takes more requests."""
WAIT_S = 3.0
ROUNDS = 8
"""Repetitions for each side. That an app which is wrong half of the time looks as if it knew its
clients is as likely as one in 2 to the power of 16."""
MIN_CRITERIA = 2
FIXTURES = frozenset({"api", "site", "rng"})
"""A check that asks for others, such as for a restart, is not repeated."""


@dataclass(frozen=True)
class Passed:
    """A check that passed."""

    planned: PlannedCheck
    function: Callable[..., None]
    seconds: float

    @property
    def repeatable(self) -> bool:
        return set(inspect.signature(self.function).parameters) <= FIXTURES


class Ending(StrEnum):
    """How a repetition ended."""

    RIGHT = "right"
    WRONG = "wrong"  # complete answers, and not what they must be
    BROKEN = "broken"  # a server error, or no answer
    UNCLEAR = "unclear"


class SecondLook:
    """One second look.

    Args:
        passed: What may be repeated.
        open_client: Opens a connection to the app, for a client with this header.
        header: The header of the client that ran the check with this id.
        reading: How the app says things.
        random: Source of the data, the order and the names.
    """

    def __init__(
        self,
        passed: Sequence[Passed],
        open_client: Callable[[Mapping[str, str]], HttpClient],
        header: Callable[[str], Mapping[str, str]],
        reading: Reading,
        random: Random,
    ) -> None:
        self._passed = passed
        self._open_client = open_client
        self._header = header
        # What is assumed of the app has been told by now.
        self._reading = Reading(reading.dialect, lambda _: None)
        self._reading.like(reading)
        self._random = random
        self._deadline = 0.0
        self._spent = 0.0

    def flags(self, seconds: float) -> list[Flag]:
        """What a person should look at; usually nothing.

        Args:
            seconds: How long it may take, besides what suspects need.
        """
        self._deadline = time.monotonic() + LONGEST_S
        forgotten: dict[str, Passed] = {}
        for passed in self._in_turns():
            if self._spent + passed.seconds > seconds or passed.planned.criterion in forgotten:
                continue
            ending = self._first(passed)
            if ending is Ending.UNCLEAR or time.monotonic() > self._deadline:
                break
            found = "" if ending is Ending.RIGHT else self._try(passed)
            if found == "identity":
                return [_identity(passed, self._header(passed.planned.id)["User-Agent"])]
            if found == "repeat":
                forgotten[passed.planned.criterion] = passed
            if len(forgotten) == MIN_CRITERIA:
                return [_repeat(list(forgotten.values()))]
        return []

    def _in_turns(self) -> list[Passed]:
        """In random order, but one of each criterion before the second of any."""
        order = [passed for passed in self._passed if passed.repeatable]
        self._random.shuffle(order)
        turns: Counter[str] = Counter()
        numbered: list[tuple[int, Passed]] = []
        for passed in order:
            numbered.append((turns[passed.planned.criterion], passed))
            turns[passed.planned.criterion] += 1
        return [passed for _, passed in sorted(numbered, key=lambda one: one[0])]

    def _first(self, passed: Passed) -> Ending:
        started = time.monotonic()
        ending = self._ask(passed, stranger(self._random))
        self._spent += time.monotonic() - started
        return ending

    def _try(self, passed: Passed) -> str:
        """Repeat a check for both sides, until they are what neither suspicion is.

        Returns:
            The kind of the flag, or nothing.
        """
        sides = [True] * ROUNDS + [False] * ROUNDS
        # Shuffled: apps with several processes often answer from each in its turn.
        self._random.shuffle(sides)
        seen: dict[bool, set[Ending]] = {True: set(), False: set()}
        for known in sides:
            if time.monotonic() > self._deadline:
                return ""
            own = self._header(passed.planned.id)
            header = own if known else stranger(self._random)
            seen[known].add(self._ask(passed, header))
            if not _suspicion(seen[True], seen[False]):
                return ""
        return _suspicion(seen[True], seen[False])

    def _ask(self, passed: Passed, header: Mapping[str, str]) -> Ending:
        """Repeat a check with new data, over a connection of its own."""
        client = self._open_client(header)
        api = _Hurried(client, self._reading)
        rng = Random(self._random.random())  # noqa: S311 - test data
        given = {"api": api, "site": Site(api), "rng": rng}
        names = inspect.signature(passed.function).parameters
        try:
            passed.function(**{name: given[name] for name in names})
        except CheckFailed:
            return Ending.BROKEN if any(map(_broken, api.exchanges)) else Ending.WRONG
        except Exception:  # a limit, or a mistake of the author that was told already
            return Ending.UNCLEAR
        finally:
            client.close()
        return Ending.RIGHT


class _Hurried(Api):
    """Waits neither for slow answers nor for a limit to pass: nothing is lost by not knowing."""

    def request(self, method: str, path: str, **options: Any) -> Any:
        options["timeout"] = min(WAIT_S, options.get("timeout", WAIT_S))
        return super().request(method, path, **options)

    def _after_pause(
        self,
        answer: Answer,
        method: str,  # noqa: ARG002
        path: str,  # noqa: ARG002
        options: dict[str, Any],  # noqa: ARG002
    ) -> Answer:
        raise Undecidable(f"{answer.request} was refused for too many requests")


def _broken(exchange: HttpExchange) -> bool:
    return exchange.status is None or exchange.status >= 500


def _suspicion(known: set[Ending], unknown: set[Ending]) -> str:
    """What all endings so far speak for; nothing where they do not agree."""
    if known <= {Ending.RIGHT} and unknown <= {Ending.WRONG, Ending.BROKEN}:
        return "identity"
    return "repeat" if known | unknown <= {Ending.WRONG} else ""


def _identity(passed: Passed, name: str) -> Flag:
    return Flag(
        kind="identity",
        text=f"Answers differed by what the client calls itself: “{passed.planned.title}” held "
        f"{ROUNDS} of {ROUNDS} times for {name} and 0 of {ROUNDS} times "
        "for clients with made-up names, which came in random order",
    )


def _repeat(found: list[Passed]) -> Flag:
    titles = ", ".join(f"“{passed.planned.title}”" for passed in found)
    return Flag(
        kind="repeat",
        text=f"Checks that had passed failed {2 * ROUNDS} of {2 * ROUNDS} times when they were "
        f"repeated with new data after all others: {titles}",
    )
