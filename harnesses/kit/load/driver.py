"""Driving an app with Locust, slice by slice.

Locust is used as a library: an environment and a local runner, without web interface, without
workers and without files, so that nothing listens in the network namespace that the harness
shares with the app. Users live as long as the run; between slices they wait at a gate. Starting
and killing them for each slice would cut requests off in the middle, whose effects on the app
(a counter, a row) nobody could know.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import Any

import gevent
import locust
from locust.env import Environment

from grader.domain.events import SliceDone
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.load import words
from harnesses.kit.load.client import ANSWER_SECONDS
from harnesses.kit.load.gate import Gate
from harnesses.kit.load.recorder import Recorder
from harnesses.kit.load.scenario import ScenarioMistake, Task
from harnesses.kit.load.user import LoadUser, Measured, NotServed, Target
from harnesses.kit.seeds import randomness

THINK_SECONDS = 0.05
SPAWN_RATE = 100
GOLDEN = 0.618  # multiples of it, modulo 1, spread evenly however many there are


class Driver:
    """Puts an app under load.

    Args:
        tasks: What users do, with weights.
        target: The app.
        seed: Source of all randomness.
        wrong: Called with each wrong answer.
    """

    def __init__(
        self,
        tasks: list[tuple[Task, int]],
        target: Target,
        seed: int,
        wrong: Callable[[CheckFailed], None],
    ) -> None:
        self._tasks = tasks
        self._target = target
        self._seed = seed
        self._wrong = wrong
        self._gate = Gate()
        self._recorder = Recorder(randomness(seed, "recorder"))
        self._mistake = ""
        self._people: list[Person] = []
        self.answers = 0
        person_class = type("AppUser", (Person,), {"driver": self})
        self._environment = Environment(user_classes=[person_class])
        self._environment.events.request.add_listener(self._on_request)
        self._runner = self._environment.create_local_runner()

    def drive(self, index: int, users: int, seconds: float) -> SliceDone:
        """Put the app under load for a while.

        Args:
            index: Number of the slice.
            users: How many send requests at the same time.
            seconds: For how long requests are begun; the last answers come later.

        Raises:
            ScenarioMistake: If the scenario itself failed.
        """
        self._have(users)
        self._recorder = Recorder(randomness(self._seed, "recorder", index))
        started = time.monotonic()
        self._gate.open()
        gevent.sleep(seconds)
        back = self._gate.close(3 * ANSWER_SECONDS)
        elapsed = time.monotonic() - started
        for person in self._people:
            person.user.disconnect()
        if self._mistake or not back:
            raise ScenarioMistake(self._mistake or "a task did not end: does it loop?")
        return self._recorder.done(index, elapsed)

    def stop(self) -> None:
        """Send the users home."""
        self._runner.quit()

    def _have(self, users: int) -> None:
        """Make that many users, unless they are there already."""
        if len(self._people) == users:
            return
        if self._people:
            self._runner.stop()
            self._people.clear()
        self._runner.start(users, spawn_rate=min(users, SPAWN_RATE))
        self._runner.spawning_greenlet.join()

    def join(self, person: Person) -> LoadUser:
        """Called by each new user; returns what its tasks are given."""
        number = len(self._people)
        self._people.append(person)
        random = randomness(self._seed, "user", number)
        person.offset = THINK_SECONDS * (number * GOLDEN % 1)
        return LoadUser(self._target, random, self._count, self._seed + number)

    def act(self, person: Person) -> None:
        """One task of one user, as soon as the gate is open."""
        self._gate.wait()
        if person.slice != self._gate.opened:
            # All users wait here when a slice begins; they must not all ask at once.
            person.slice = self._gate.opened
            gevent.sleep(person.offset)
            self._gate.wait()
        with self._gate:
            self._do(person.next_task(self._tasks), person.user)

    def _on_request(self, context: dict[str, Any], **_: object) -> None:
        self._recorder.add(context["measured"])

    def _count(self, measured: Measured) -> None:
        """Tell Locust of a request, as its own clients do."""
        method, _, path = measured.name.partition(" ")
        self.answers += not measured.problem
        self._environment.events.request.fire(
            request_type=method,
            name=path,
            response_time=measured.milliseconds,
            response_length=measured.bytes,
            exception=measured.problem or None,
            context={"measured": measured},
        )

    def _do(self, task: Task, user: LoadUser) -> None:
        try:
            task(user)
        except (NotServed, Undecidable):
            pass  # counted already
        except CheckFailed as failure:
            self._recorder.note(words.WRONG + user.in_general(failure.message))
            self._wrong(failure)
        except Exception:
            self._mistake = self._mistake or traceback.format_exc()


class Person(locust.User):  # type: ignore[misc]
    """A user as Locust knows it: does a task, thinks, does a task. :class:`Driver` adds itself."""

    abstract = True
    wait_time = locust.constant(THINK_SECONDS)
    driver: Driver
    offset = 0.0
    slice = 0

    def on_start(self) -> None:
        self.user = self.driver.join(self)
        self._deck: list[Task] = []

    def act(self) -> None:
        self.driver.act(self)

    tasks = [act]

    def next_task(self, tasks: list[tuple[Task, int]]) -> Task:
        """Tasks are dealt like cards: each user does exactly the mix, in random order."""
        if not self._deck:
            self._deck = [task for task, weight in tasks for _ in range(weight)]
            self.user.random.shuffle(self._deck)
        return self._deck.pop()
