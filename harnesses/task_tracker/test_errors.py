"""What happens when something is wrong: words instead of a stack trace, and nothing changes."""

from __future__ import annotations

import pytest

from harnesses.kit import check, expect
from harnesses.task_tracker.tracker import Tracker, sentence


@pytest.fixture
def tracker(cli):
    return Tracker(cli)


def _refused(tracker, *args):
    """A call that has to be answered with words and may change nothing."""
    before = tracker.tasks()
    run = tracker.cli.run(*args)
    expect(run).says_something()
    expect(run).holds(
        tracker.tasks() == before,
        "changed the tasks, though it could not do what it was asked",
        "the file is as before",
    )


def _missing(number):
    """An ID of the same form that nobody has."""
    return str(int(number) + 1000) if number.isdigit() else "0" * len(number)


@check("errors.unknown_id", points=2)
def test_update_of_no_task(tracker, rng):
    number = tracker.added(sentence(rng))
    _refused(tracker, "update", _missing(number), sentence(rng))


@check("errors.unknown_id", points=2)
def test_mark_of_no_task(tracker, rng):
    number = tracker.added(sentence(rng))
    _refused(tracker, "mark-done", _missing(number))
    _refused(tracker, "mark-in-progress", _missing(number))


@check("errors.unknown_id", points=1)
def test_delete_of_no_task(tracker, rng):
    number = tracker.added(sentence(rng))
    _refused(tracker, "delete", _missing(number))


@check("errors.usage", points=2)
def test_missing_arguments(tracker, rng):
    tracker.add(sentence(rng))
    _refused(tracker, "add")
    _refused(tracker, "update")
    _refused(tracker, "delete")


@check("errors.usage", points=2)
def test_words_it_does_not_know(tracker, rng):
    tracker.add(sentence(rng))
    _refused(tracker, "frobnicate")
    _refused(tracker, "list", "someday")


@check("errors.usage", points=1)
def test_id_that_is_no_number(tracker, rng):
    tracker.add(sentence(rng))
    _refused(tracker, "mark-done", "seven")
    _refused(tracker, "update", "seven", sentence(rng))


@check("errors.broken_file")
def test_file_that_is_no_json(tracker, rng):
    tracker.add(sentence(rng))
    name = tracker.file_name()
    tracker.cli.write(name, '[{"id": 1, "descr')
    expect(tracker.cli.run("list")).says_something()
    tracker.cli.write(name, '[{"id": 1, "descr')
    expect(tracker.cli.run("add", sentence(rng))).says_something()
