"""Before the load: each task is done alone, by one user.

What an app does wrong without load costs its own points already; under load it would cost them
twice. So such a task is left out, unless it is most of what users do: what is left would say
nothing about the app, and a single route that answers anything would earn points for its speed.
"""

from __future__ import annotations

from random import Random

from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.load import words
from harnesses.kit.load.scenario import Task, words_of
from harnesses.kit.load.user import LoadUser, Measured, NotServed, Target
from harnesses.kit.seeds import randomness

ATTEMPTS = 5
LEAST_SHARE = 0.5
"""Of the mix; with less of it a load test measures another app than the brief asks for."""


def rehearse(tasks: list[tuple[Task, int]], target: Target, seed: int) -> list[tuple[Task, int]]:
    """Do each task alone.

    Args:
        tasks: With their weights.
        target: The app; told of what is left out.
        seed: Source of the user's randomness.

    Returns:
        The tasks that were right at least once. One that was refused by a rate limit, or got no
        answer, stays: that is for the load to show.

    Raises:
        CheckFailed: If what is left is less than :data:`LEAST_SHARE` of the mix.
    """
    fit: list[tuple[Task, int]] = []
    unfit: list[tuple[Task, int, CheckFailed]] = []
    for task, weight in tasks:
        failure = failure_of(task, target, randomness(seed, "rehearsal", words_of(task)))
        if failure is None:
            fit.append((task, weight))
        else:
            unfit.append((task, weight, failure))
    everything = sum(weight for _, weight in tasks)
    if sum(weight for _, weight in fit) < LEAST_SHARE * everything:
        task, weight, failure = max(unfit, key=lambda one: one[1])
        raise _too_much(task, weight / everything, failure)
    for task, _, failure in unfit:
        target.reading.say(
            f"The load test leaves out “{words_of(task)}”: {failure.message}, even alone"
        )
    return fit


def _too_much(task: Task, share: float, failure: CheckFailed) -> CheckFailed:
    """The heaviest task fails alone, in words that say what there is to mend first."""
    return CheckFailed(
        f"{failure.message}, even alone, "
        f"and “{words_of(task)}” is {100 * share:.0f} % of what users do",
        expected=failure.expected,
        actual=failure.actual,
        exchange=failure.exchange,
    )


def failure_of(task: Task, target: Target, random: Random) -> CheckFailed | None:
    """Why a task is not right, however often it is done; None if it can be."""
    seen: list[Measured] = []
    user = LoadUser(target, random, seen.append)
    failure = None
    for _ in range(ATTEMPTS):
        failure = _attempt(task, user, seen)
        if failure is None:
            break
    user.disconnect()
    return failure


def _attempt(task: Task, user: LoadUser, seen: list[Measured]) -> CheckFailed | None:
    try:
        task(user)
    except CheckFailed as failure:
        failure.message = user.in_general(failure.message)
        return failure
    except NotServed:
        last = seen[-1]
        if words.is_server_error(last.problem):
            return CheckFailed(f"{last.name} answered with {last.problem}")
    except Undecidable:
        pass
    return None
