"""Whether an app that went wrong under load is right again when it is asked alone.

Most apps that mix things up under load are: nobody else asks any more, and the data are new. One
that stays wrong was right for its first requests only, and a person should look at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import gevent

from grader.domain.evidence import HttpExchange, Interaction
from grader.domain.report import Flag
from harnesses.kit.api import Api
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.load.rehearsal import ATTEMPTS, failure_of
from harnesses.kit.load.scenario import LoadScenario, Task, tasks_of, words_of
from harnesses.kit.load.user import Target

PATIENCE_S = 8.0
FILLINGS = 3


def late_flag(
    scenario: LoadScenario, right_before: Sequence[Task], api: Api, target: Target, random: Random
) -> Flag | None:
    """What is wrong alone after the load, and was right alone before it.

    Args:
        scenario: A new one: the app is filled with new data.
        right_before: The tasks of the other one that were right before the load.
        api: For filling it.
        target: For the tasks.
        random: Source of the user's randomness.

    Returns:
        Nothing where the app does not answer, or not in time, or with server errors: that is how
        honest apps break.
    """
    names = {words_of(task) for task in right_before}
    try:
        with gevent.Timeout(PATIENCE_S):
            if _cannot_be_filled(scenario, api):
                return _flag("It could be filled with data")
            for task, _ in tasks_of(scenario):
                if words_of(task) in names and _stays_wrong(task, target, random):
                    return _flag(f"“{words_of(task)}” was right")
    except (gevent.Timeout, Undecidable):
        pass
    return None


def _cannot_be_filled(scenario: LoadScenario, api: Api) -> bool:
    for _ in range(FILLINGS):
        try:
            scenario.prepare(api)
        except CheckFailed as failure:
            if not _complete(failure.exchange):
                raise Undecidable from failure
        else:
            return False
    return True


def _stays_wrong(task: Task, target: Target, random: Random) -> bool:
    failure = failure_of(task, target, random)
    return failure is not None and _complete(failure.exchange)


def _complete(exchange: Interaction | None) -> bool:
    """Whether there was an answer, and not that the server failed."""
    if not isinstance(exchange, HttpExchange):
        return False
    return exchange.status is not None and exchange.status < 500


def _flag(what: str) -> Flag:
    return Flag(
        kind="late",
        text=f"{what} before the load and not after it, {ATTEMPTS} of {ATTEMPTS} times, alone and "
        "with new data",
    )
