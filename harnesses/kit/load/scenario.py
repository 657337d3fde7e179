"""What the author of a load test writes: a scenario.

    class ReadMostly(LoadScenario):
        def prepare(self, api):
            posts = [api.post("/posts", json=post(self.random)) for _ in range(50)]
            self.posts = [answer.record() for answer in posts]

        @task(9)
        def read(self, user):
            post = user.random.choice(self.posts)
            answer = user.get("/posts/{id}", id=post["id"])
            expect(answer).ok().field("title").equals(post["title"])

        @task(1)
        def write(self, user):
            expect(user.post("/posts", json=post(user.random))).created()

One object serves all users of a run; what ``prepare`` leaves in it, the tasks share.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, TypeVar

from harnesses.kit.api import Api
from harnesses.kit.load.user import LoadUser

ATTRIBUTE = "grader_load_weight"
Task = Callable[[LoadUser], None]
Method = TypeVar("Method", bound=Callable[..., None])


class LoadScenario:
    """Base of a project's load test.

    Args:
        random: Seeded for this attempt; for what ``prepare`` and ``after`` make up.
    """

    def __init__(self, random: Random) -> None:
        self.random = random

    def prepare(self, api: Api) -> None:
        """Fill the app with a bounded data set, a few hundred items at most.

        A failed expectation means that the app cannot be put under load.
        """

    def after(self, api: Api) -> None:
        """Check what must hold after the load; a failed expectation is a wrong answer."""


def task(weight: int) -> Callable[[Method], Method]:
    """Declare a method as something that users do.

    The method takes a :class:`LoadUser`, sends one request, and expects something of the answer:
    a failed expectation counts as a wrong answer. A request that fails (no answer, a status of
    500 or above) or is refused for too many requests ends the task and is counted as such.

    Args:
        weight: How often, compared with the other tasks; 9 and 1 make 90 % and 10 %.
    """

    def declare(method: Method) -> Method:
        setattr(method, ATTRIBUTE, weight)
        return method

    return declare


class ScenarioMistake(Exception):  # noqa: N818 - says what it is
    """The author of the load test must change something; the text says what."""


def tasks_of(scenario: LoadScenario) -> list[tuple[Task, int]]:
    """The methods declared as tasks, in the order of their names, with their weights.

    Raises:
        ScenarioMistake: If there is none.
    """
    methods = [getattr(scenario, name) for name in sorted(dir(type(scenario)))]
    found = [(m, weight) for m in methods if isinstance(weight := getattr(m, ATTRIBUTE, None), int)]
    if not found:
        raise ScenarioMistake(f"{type(scenario).__name__} has no method with @task(weight)")
    return found


def words_of(task: Task) -> str:
    """A task's name as a person reads it."""
    return getattr(task, "__name__", "task").replace("_", " ")


def load_scenario(file: Path, random: Random) -> LoadScenario:
    """Make the scenario that a ``load.py`` defines.

    Args:
        file: The file.
        random: Given to the scenario.

    Raises:
        ScenarioMistake: If the file is missing or does not define exactly one scenario.
    """
    if not file.is_file():
        raise ScenarioMistake(f"the project has a [load] section but no {file.name}")
    module = _imported(file)
    own = [value for value in vars(module).values() if _is_scenario(value, module.__name__)]
    if len(own) != 1:
        raise ScenarioMistake(f"{file.name} must define one LoadScenario, it defines {len(own)}")
    scenario = own[0](random)
    assert isinstance(scenario, LoadScenario)
    return scenario


def _imported(file: Path) -> ModuleType:
    """The file as a module of its own; it need not lie in a package."""
    name = f"load_of_{file.parent.name}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ScenarioMistake(f"{file.name} cannot be imported: {error!r}") from error
    return module


def _is_scenario(value: Any, module: str) -> bool:
    return (
        isinstance(value, type) and issubclass(value, LoadScenario) and value.__module__ == module
    )
