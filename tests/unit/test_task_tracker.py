"""The shapes in which learners keep tasks."""

from __future__ import annotations

import json

import pytest

from harnesses.kit.command.run import Run
from harnesses.task_tracker.tracker import plain_status, shows, tasks_of

TASK = {"id": 1, "description": "Mend", "status": "todo", "createdAt": "x", "updatedAt": None}
SNAKE = {"id": 1, "description": "Mend", "status": "todo", "created_at": "x", "updated_at": None}


@pytest.mark.parametrize(
    "top",
    [
        [TASK],
        {"tasks": [TASK]},
        {"last_id": 1, "tasks": [SNAKE]},
        {"tasks": {"1": TASK}},
    ],
)
def test_tasks_are_found(top: object) -> None:
    assert list(tasks_of(json.dumps(top))) == [TASK]


def test_key_is_the_id_where_there_is_no_other() -> None:
    found = next(iter(tasks_of(json.dumps({"a7": {"description": "Mend"}}))))
    assert found == {"id": "a7", "description": "Mend"}


@pytest.mark.parametrize("text", ["", "{", "7", "null", '["x"]', "[" * 100_000])
def test_what_holds_no_task(text: str) -> None:
    assert list(tasks_of(text)) == []


@pytest.mark.parametrize("written", ["in-progress", "In Progress", "in_progress", "IN PROGRESS"])
def test_status_however_it_is_written(written: str) -> None:
    assert plain_status(written) == "in-progress"


def test_a_list_may_break_its_lines() -> None:
    assert shows(Run("t", (), stdout="| Mend the\n  roof 12 |"), "Mend the roof 12")
    assert shows(Run("t", (), stdout='"Caf\\u00e9"'), "Café")
    assert not shows(Run("t", (), stdout="Mend the roof 1"), "Mend the roof 12")
