"""Before the load: each task is done alone, by one user.

What an app does wrong without load costs its own points already; under load it would cost them
twice.
"""

from __future__ import annotations

from random import Random

from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.load import words
from harnesses.kit.load.scenario import Task, words_of
from harnesses.kit.load.user import LoadUser, Measured, NotServed, Target
from harnesses.kit.seeds import randomness

ATTEMPTS = 5


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
        CheckFailed: If no task is left.
    """
    fit: list[tuple[Task, int]] = []
    unfit: list[tuple[Task, CheckFailed]] = []
    for task, weight in tasks:
        failure = failure_of(task, target, randomness(seed, "rehearsal", words_of(task)))
        if failure is None:
            fit.append((task, weight))
        else:
            unfit.append((task, failure))
    for task, failure in unfit:
        if not fit:
            raise failure
        target.reading.say(
            f"The load test leaves out “{words_of(task)}”: {failure.message}, even alone"
        )
    return fit


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
