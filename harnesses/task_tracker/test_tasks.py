"""What is done with tasks: added, listed, changed, marked, deleted."""

from __future__ import annotations

import pytest

from harnesses.kit import check, expect
from harnesses.task_tracker.tracker import Tracker, plain_status, sentence, shows


@pytest.fixture
def tracker(cli):
    return Tracker(cli)


@check("tasks.add")
def test_added_task_is_there(tracker, rng):
    first, second = sentence(rng), sentence(rng)
    tracker.add(first)
    run = tracker.add(second)
    expect(run).holds(
        tracker.has(first),
        "lost the task that was added before it",
        f"“{first}” is still there",
    )


@check("tasks.add_message")
def test_new_id_is_said(tracker, rng):
    tracker.add(sentence(rng))
    description = sentence(rng)
    run = tracker.add(description)
    task = tracker.task(description)
    said = run.text.replace(description, "")
    if task is not None and task.get("id") is not None:
        wanted = str(task["id"])
        expect(run).holds(
            wanted in said.replace("-", "") or wanted in said,
            "does not say the ID of the new task",
            f"Task added successfully (ID: {wanted})",
        )
    else:
        expect(run).prints_match(r"(?i)\bid\W{0,4}\w+|\d", "Task added successfully (ID: 2)")


@check("tasks.list")
def test_list_shows_every_task(tracker, rng):
    descriptions = [sentence(rng) for _ in range(3)]
    for description in descriptions:
        tracker.add(description)
    run = tracker.cli.run("list")
    expect(run).does_not_crash()
    for description in descriptions:
        expect(run).holds(
            shows(run, description),
            "does not show every task",
            f"“{description}” in the list, which was added before",
        )


@check("tasks.update")
def test_update_changes_the_description(tracker, rng):
    other, old, new = sentence(rng), sentence(rng), sentence(rng)
    tracker.add(other)
    number = tracker.added(old)
    run = tracker.cli.run("update", number, new)
    expect(run).does_not_crash()
    expect(run).holds(
        tracker.has(new) and not tracker.has(old),
        "did not change the description",
        f"the task says “{new}” now",
        "it still says what it said before" if tracker.has(old) else "it is not there any more",
    )
    expect(run).holds(
        tracker.has(other), "changed another task as well", f"“{other}” is still there"
    )


def _marked(tracker, rng, verb, status):
    other, description = sentence(rng), sentence(rng)
    tracker.add(other)
    number = tracker.added(description)
    before = tracker.task(other) or {}
    run = tracker.cli.run(verb, number)
    expect(run).does_not_crash()
    if tracker.tasks():
        task = tracker.task(description) or {}
        found = plain_status(task.get("status"))
        expect(run).holds(
            found == status,
            "did not set the status",
            f'"status": "{status}" in the file',
            f'"status": {task.get("status")!r}',
        )
        beside = tracker.task(other) or {}
        expect(run).holds(
            beside.get("status") == before.get("status"),
            "marked another task as well",
            "the other task keeps its status",
        )
    else:
        listed = tracker.cli.run("list", status)
        expect(listed).holds(
            shows(listed, description),
            "does not show the task that was marked before",
            f"“{description}” in the list",
        )


@check("tasks.mark", points=5)
def test_mark_in_progress(tracker, rng):
    _marked(tracker, rng, "mark-in-progress", "in-progress")


@check("tasks.mark", points=5)
def test_mark_done(tracker, rng):
    _marked(tracker, rng, "mark-done", "done")


@check("tasks.delete")
def test_delete_takes_one_task(tracker, rng):
    first, second, third = sentence(rng), sentence(rng), sentence(rng)
    tracker.add(first)
    number = tracker.added(second)
    tracker.add(third)
    run = tracker.cli.run("delete", number)
    expect(run).does_not_crash()
    expect(run).holds(not tracker.has(second), "left the task where it was", "the task is gone")
    expect(run).holds(
        tracker.has(first) and tracker.has(third),
        "took other tasks away as well",
        "the two other tasks are still there",
    )


def _listed(tracker, rng, status):
    todo, doing, done = sentence(rng), sentence(rng), sentence(rng)
    tracker.add(todo)
    tracker.cli.run("mark-in-progress", tracker.added(doing))
    tracker.cli.run("mark-done", tracker.added(done))
    by_status = {"todo": todo, "in-progress": doing, "done": done}
    run = tracker.cli.run("list", status)
    expect(run).does_not_crash()
    expect(run).holds(
        shows(run, by_status[status]),
        f"leaves out a task that is {status}",
        f"“{by_status[status]}” in the list",
    )
    for other, description in by_status.items():
        # “Not done yet” is another reading of `list todo`.
        if other == status or (status == "todo" and other == "in-progress"):
            continue
        expect(run).holds(
            not shows(run, description),
            f"shows a task that is {other}",
            f"no “{description}” in the list",
        )


@check("list.by_status", points=3)
def test_list_done(tracker, rng):
    _listed(tracker, rng, "done")


@check("list.by_status", points=3)
def test_list_todo(tracker, rng):
    _listed(tracker, rng, "todo")


@check("list.by_status", points=3)
def test_list_in_progress(tracker, rng):
    _listed(tracker, rng, "in-progress")
