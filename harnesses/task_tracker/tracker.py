"""The learner's task tracker as the checks see it: its commands, its file, what it lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from harnesses.kit import CheckFailed, Cli, Run, expect

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("taskid", "uuid", "key"),
    "description": ("desc", "title", "task", "name", "text", "content"),
    "status": ("state",),
    "createdAt": ("created", "createddate", "datecreated", "createdon"),
    "updatedAt": ("updated", "updateddate", "dateupdated", "updatedon", "modifiedat", "modified"),
}
_VERBS = ("Paint", "Mend", "Call", "Sell", "Water", "Visit", "Sort", "Wash", "Order", "Carry")
_THINGS = ("the fence", "the roof", "the baker", "a ladder", "the ferns", "the museum", "the attic")
Task = Mapping[str, Any]


def sentence(rng: Random) -> str:
    """A description that nobody else uses."""
    return f"{rng.choice(_VERBS)} {rng.choice(_THINGS)} {rng.randrange(1000, 9999)}"


class Tracker:
    """The program, and what it keeps."""

    def __init__(self, cli: Cli) -> None:
        self.cli = cli

    def add(self, description: str) -> Run:
        """Add a task; it has to be there afterwards."""
        run = self.cli.run("add", description)
        expect(run).does_not_crash()
        if self.cli.beside_code is None:
            self._find_place(description)
            run = self.cli.run("add", description)
            expect(run).does_not_crash()
        if self.task(description) is None:
            listed = self.cli.run("list")
            expect(listed).holds(
                shows(listed, description),
                "does not show the task that was added before",
                f"“{description}”, in the list or in a JSON file",
            )
        return run

    def _find_place(self, description: str) -> None:
        """Once, after the very first task: where the program keeps its file. Begins anew."""
        if not self.tasks():
            self.cli.work(beside_code=True)
            self.cli.run("add", description)
            if self.tasks():
                self.cli.assume(
                    "Your program keeps its file beside its code, not in the current directory, "
                    "so it was called in the folder of the code"
                )
                self.cli.begin()
                return
        self.cli.work(beside_code=False)

    def added(self, description: str) -> str:
        """Add a task and find its ID."""
        run = self.add(description)
        task = self.task(description)
        if task is not None and task.get("id") is not None:
            return str(task["id"])
        found = re.search(r"(?i)\bID\W{0,4}([\w-]+)|(\d+)", run.text.replace(description, ""))
        if found is None:
            raise CheckFailed(
                f"nobody can tell which ID `{run.call}` gave the task",
                expected="the ID, in what it prints and in the file",
                actual=run.text.strip()[:200] or "nothing",
                exchange=run.evidence,
            )
        return found.group(1) or found.group(2)

    def tasks(self) -> list[Task]:
        """The tasks in the JSON file, by the brief's names; none where there is no such file."""
        for file in self.cli.files().values():
            if file.name.endswith(".json"):
                found = list(tasks_of(file.text))
                if found:
                    return found
        return []

    def file_name(self) -> str:
        """The JSON file that holds the tasks; empty where there is none."""
        files = self.cli.files().values()
        named = [file.name for file in files if list(tasks_of(file.text))]
        return next((name for name in named if name.endswith(".json")), "")

    def task(self, description: str) -> Task | None:
        """The task with this description in the file."""
        return next((t for t in self.tasks() if t.get("description") == description), None)

    def has(self, description: str) -> bool:
        """Whether the task is there, in the file or, where there is none, in the list."""
        if self.tasks():
            return self.task(description) is not None
        return shows(self.cli.run("list"), description)


def shows(run: Run, description: str) -> bool:
    """Whether a description stands in what was printed, however it is laid out."""
    printed = " ".join(run.text.split())
    escaped = json.dumps(description)[1:-1]
    return description in printed or escaped in printed


def plain_status(status: object) -> str:
    """A status however it is written: ``In Progress``, ``in_progress``."""
    words = re.sub(r"[\s_-]+", "-", str(status).strip().lower())
    return {"inprogress": "in-progress", "to-do": "todo"}.get(words, words)


def tasks_of(text: str) -> Iterator[Task]:
    """The tasks in a JSON text: an array, an object with one in it, or one keyed by ID."""
    try:
        top = json.loads(text)
    except (ValueError, RecursionError):
        return
    for key, one in _objects(top):
        task = {_brief_name(name): value for name, value in one.items()}
        if "description" in task:
            yield {"id": key, **task} if key is not None else task


def _objects(top: Any) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    if isinstance(top, list):
        for one in top:
            if isinstance(one, dict):
                yield None, one
    elif isinstance(top, dict):
        for key, one in top.items():
            if isinstance(one, list) or (
                isinstance(one, dict) and any(isinstance(v, dict) for v in one.values())
            ):
                yield from _objects(one)
            elif isinstance(one, dict):
                yield key, one


def _brief_name(name: str) -> str:
    bare = re.sub(r"[\s_-]", "", name).lower()
    for brief, others in NAMES.items():
        if bare == brief.lower() or bare in others:
            return brief
    return name
