"""What an app does wrong alone is left out of its load test, unless little would be left."""

from __future__ import annotations

import pytest

from grader.domain.project import Dialect
from harnesses.kit.dialect import Reading
from harnesses.kit.failures import CheckFailed
from harnesses.kit.load.rehearsal import rehearse
from harnesses.kit.load.scenario import Task
from harnesses.kit.load.user import LoadUser, Target


def right(user: LoadUser) -> None:
    """Nothing fails."""


def read_one(user: LoadUser) -> None:
    raise CheckFailed("it is not there")


def search(user: LoadUser) -> None:
    raise CheckFailed("it finds nothing")


def target(told: list[str]) -> Target:
    return Target("127.0.0.1", 1, Reading(Dialect(), told.append), {})


def test_a_small_part_is_left_out() -> None:
    told: list[str] = []
    tasks: list[tuple[Task, int]] = [(read_one, 3), (right, 6), (search, 1)]
    assert rehearse(tasks, target(told), 1) == [(right, 6)]
    assert told == [
        "The load test leaves out “read one”: it is not there, even alone",
        "The load test leaves out “search”: it finds nothing, even alone",
    ]


@pytest.mark.parametrize("weight", [0, 4])
def test_with_most_of_it_left_out_there_is_no_load_test(weight: int) -> None:
    told: list[str] = []
    tasks: list[tuple[Task, int]] = [(search, 2), (read_one, 8 - weight), (right, weight)]
    if not weight:
        tasks.pop()
    with pytest.raises(CheckFailed) as failed:
        rehearse(tasks, target(told), 1)
    share = "80 %" if not weight else "40 %"
    assert failed.value.message == (
        f"it is not there, even alone, and “read one” is {share} of what users do"
    )
    assert told == []
