"""The file: where it is, what it holds of a task, how it keeps it."""

from __future__ import annotations

import re
import time

import pytest

from harnesses.kit import check, expect
from harnesses.task_tracker.tracker import Tracker, plain_status, sentence

TICK_S = 1.1
# A time that is written without seconds does not show that a moment went by.
_SECONDS = re.compile(r"\d:\d\d:\d\d|T\d{6}|^\d{9,}")


@pytest.fixture
def tracker(cli):
    return Tracker(cli)


@check("store.file")
def test_tasks_are_in_a_json_file(tracker, rng):
    description = sentence(rng)
    run = tracker.add(description)
    names = ", ".join(run.files) or "no file"
    expect(run).holds(
        tracker.task(description) is not None,
        "left no JSON file with the task in it",
        f"a .json file in the current directory with “{description}” in it",
        f"in the directory: {names}",
    )


@check("store.properties")
def test_a_task_has_its_properties(tracker, rng):
    description = sentence(rng)
    run = tracker.add(description)
    task = tracker.task(description) or {}
    for name in ("id", "status", "createdAt"):
        expect(run).holds(
            task.get(name) not in (None, ""),
            f"left a task without {name}",
            f"a task with “{name}”",
            f"it has {', '.join(task)}",
        )
    expect(run).holds(
        "updatedAt" in task,
        "left a task without updatedAt",
        "a task with “updatedAt”; null is fine as long as it was never changed",
        f"it has {', '.join(task)}",
    )
    expect(run).holds(
        plain_status(task["status"]) == "todo",
        "left a new task with another status",
        '"status": "todo"',
        f'"status": {task["status"]!r}',
    )


@check("store.times")
def test_updated_at_moves(tracker, rng):
    old, new = sentence(rng), sentence(rng)
    number = tracker.added(old)
    before = tracker.task(old) or {}
    run = tracker.cli.run("update", number, new)
    after = tracker.task(new) or {}
    if after.get("updatedAt") == before.get("updatedAt"):
        time.sleep(TICK_S)
        new = sentence(rng)
        run = tracker.cli.run("update", number, new)
        after = tracker.task(new) or {}
    expect(run).holds(
        after.get("createdAt") == before.get("createdAt"),
        "changed createdAt",
        f'"createdAt": {before.get("createdAt")!r}, as before',
        f'"createdAt": {after.get("createdAt")!r}',
    )
    moved = after.get("updatedAt") != before.get("updatedAt")
    tells_seconds = _SECONDS.search(str(after.get("updatedAt"))) is not None
    expect(run).holds(
        moved or (bool(after.get("updatedAt")) and not tells_seconds),
        "did not move updatedAt",
        "a later time in “updatedAt”",
        f'"updatedAt": {after.get("updatedAt")!r}, as before',
    )


@check("store.ids")
def test_ids_stay_unique(tracker, rng):
    first = tracker.added(sentence(rng))
    tracker.add(sentence(rng))
    tracker.add(sentence(rng))
    tracker.cli.run("delete", first)
    run = tracker.add(sentence(rng))
    ids = [str(task.get("id")) for task in tracker.tasks()]
    expect(run).holds(
        len(set(ids)) == len(ids),
        "gave a task an ID that another one has",
        "an ID of its own for each task",
        f"the IDs are {', '.join(ids)}",
    )


@check("store.text")
def test_text_is_kept_as_typed(tracker, rng):
    description = f'Crème "brûlée" for Zoë & Øyvind\'s 日本 café ☕ {rng.randrange(1000, 9999)}'
    run = tracker.cli.run("add", description)
    expect(run).does_not_crash()
    kept = [str(task.get("description")) for task in tracker.tasks()]
    expect(run).holds(
        description in kept,
        "did not keep the description as it was typed",
        description,
        kept[-1] if kept else "no task in the file",
    )
