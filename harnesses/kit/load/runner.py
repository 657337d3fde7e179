"""The load harness: a project's ``load.py``, driven by Locust, told as events.

    planned, ready        the app is filled with data and warm
    slice -> slice_done   as often as the worker wants
    stop -> check_finished …, finished

The worker runs one of these beside the learner's app and one beside the calibration app, and lets
them take turns. Where the app cannot be filled with data, ``finished`` comes without ``ready``,
after checks that say why.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

import gevent

from grader.domain.checks import CheckResult
from grader.domain.events import (
    Assumed,
    Broken,
    CheckFinished,
    Finished,
    NotReady,
    Planned,
    Ready,
    RunSlice,
    Setup,
    Stop,
    Suspected,
)
from grader.domain.project import LoadPlan
from grader.domain.verdicts import Fault
from harnesses.kit.api import TOO_MANY_REQUESTS, Api
from harnesses.kit.channel import Channel
from harnesses.kit.connect import open_client
from harnesses.kit.dialect import Reading
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.identities import identity
from harnesses.kit.load.correctness import Correctness
from harnesses.kit.load.driver import Driver
from harnesses.kit.load.late import late_flag
from harnesses.kit.load.rehearsal import rehearse
from harnesses.kit.load.scenario import (
    LoadScenario,
    ScenarioMistake,
    Task,
    load_scenario,
    tasks_of,
)
from harnesses.kit.load.user import Target
from harnesses.kit.paths import harness_folder
from harnesses.kit.places import find_places
from harnesses.kit.ready import wait_until_ready
from harnesses.kit.seeds import randomness
from harnesses.kit.simulators.process import Simulators

STEP_SECONDS = 30.0
ACCOUNT_STEP_SECONDS = 90.0
"""Where people have accounts: hashing a password may take a second, and shall."""
AFTER_SECONDS = 15.0
"""Longer than one request may take: an app that does not answer at all is told as that."""
Result = TypeVar("Result")
LIMITED = "Your app limits the rate of requests, so it cannot be measured under load"
WARM_UP_SECONDS = 1.0
WARM_UP = 1_000_000
"""The number of the slice that nobody counts: no other has it."""


def run(setup: Setup, channel: Channel, simulators: Simulators | None = None) -> None:
    """Put the app under load as the worker says.

    Mistakes of the scenario's author are sent as ``broken``.
    """
    plan = setup.project.load
    try:
        if plan is None:
            raise ScenarioMistake("the project has no [load] section")
        file = harness_folder(setup.project.slug) / "load.py"
        scenario = load_scenario(file, randomness(setup.seed, "scenario"))
        LoadRun(setup, plan, scenario, channel, simulators).run()
    except ScenarioMistake as mistake:
        channel.send(Broken(fault=Fault.AUTHOR, text=str(mistake)[-4_000:]))
    else:
        channel.send(Finished())


class LoadRun:
    """One run against one app."""

    def __init__(
        self,
        setup: Setup,
        plan: LoadPlan,
        scenario: LoadScenario,
        channel: Channel,
        simulators: Simulators | None = None,
    ) -> None:
        self._setup = setup
        self._plan = plan
        self._scenario = scenario
        self._channel = channel
        self._reading = Reading(
            setup.project.dialect, lambda text: channel.send(Assumed(text=text))
        )
        self._simulators = simulators
        self._correctness = Correctness(plan, setup.project.rubric, setup.only)

    def run(self) -> None:
        """From readiness to the last check.

        Raises:
            ScenarioMistake: If the scenario itself failed.
        """
        self._channel.send(Planned(checks=self._correctness.planned))
        seen = wait_until_ready(self._setup)
        if isinstance(seen, NotReady):
            self._channel.send(seen)
            return
        if self._simulators:
            self._simulators.open_plain()
        api = self._api(seen)
        target = Target(seen.host, seen.port, self._reading, {})
        tasks = self._prepared(api, target)
        if not tasks:
            return
        driver = Driver(tasks, target, self._setup.seed, self._correctness.note)
        driver.drive(WARM_UP, self._plan.users, WARM_UP_SECONDS)
        self._channel.send(seen)
        self._slices(driver)
        driver.stop()
        self._after(api, driver.answers)
        if self._correctness.wrong:
            self._look_again([task for task, _ in tasks], api, target)

    def _api(self, ready: Ready) -> Api:
        header = {"User-Agent": identity(self._setup.seed), "Accept": "application/json"}
        client = open_client(self._setup, ready, header)
        find_places(client, self._setup.project, self._reading)
        return Api(client, self._reading)

    def _prepared(self, api: Api, target: Target) -> list[tuple[Task, int]]:
        """Fill the app with data and do each task alone.

        Returns:
            What is to be done under load; nothing where the app cannot be put under load, which
            has been told then.
        """
        tasks = tasks_of(self._scenario)
        try:
            accounts = self._setup.project.dialect.accounts is not None
            patience = ACCOUNT_STEP_SECONDS if accounts else STEP_SECONDS
            _bounded("prepare", lambda: self._scenario.prepare(api), patience)
            return _bounded("rehearsal", lambda: rehearse(tasks, target, self._setup.seed))
        except Undecidable as reason:
            self._finish(self._correctness.cannot_measure(str(reason)))
        except CheckFailed as failure:
            if _was_limited(api):
                self._finish(self._correctness.cannot_measure(LIMITED))
            else:
                self._finish(self._correctness.cannot_start(failure))
        return []

    def _slices(self, driver: Driver) -> None:
        """Serve the worker until it says stop."""
        while not isinstance(command := self._channel.receive(), Stop):
            if not isinstance(command, RunSlice):
                raise ValueError(f"expected a slice or stop command, got {command.type!r}")
            self._channel.send(driver.drive(command.index, command.users, command.seconds))

    def _after(self, api: Api, answers: int) -> None:
        """What must hold now that the load is over."""
        try:
            _bounded("after", lambda: self._scenario.after(api), AFTER_SECONDS)
        except TookTooLong:
            pass  # slow is not wrong, and all that was looked at in time was right
        except (CheckFailed, Undecidable) as reason:
            if isinstance(reason, CheckFailed) and not _was_limited(api):
                self._correctness.note(reason)
            elif not self._correctness.wrong:
                self._finish(self._correctness.cannot_tell(LIMITED))
                return
        self._finish(self._correctness.results(answers))

    def _finish(self, results: list[CheckResult]) -> None:
        for result in results:
            self._channel.send(CheckFinished(result=result))

    def _look_again(self, tasks: list[Task], api: Api, target: Target) -> None:
        """Whether what was wrong under load is right again; see :mod:`harnesses.kit.load.late`."""
        fresh = type(self._scenario)(randomness(self._setup.seed, "late"))
        users = randomness(self._setup.seed, "late", "user")
        try:
            flag = late_flag(fresh, tasks, api, target, users)
        except Exception:
            # Every check has been told; nothing that goes wrong here may spoil them.
            traceback.print_exc()
            return
        if flag is not None:
            self._channel.send(Suspected(flag=flag))


class TookTooLong(CheckFailed):
    """A step of the scenario was not over in time."""


def _bounded(name: str, step: Callable[[], Result], seconds: float = STEP_SECONDS) -> Result:
    """A step of the scenario, with a bound on its time.

    Raises:
        CheckFailed, Undecidable: As the step does.
        TookTooLong: If it does not end in time.
        ScenarioMistake: If it raises anything else.
    """
    try:
        with gevent.Timeout(seconds):
            return step()
    except gevent.Timeout as too_long:
        raise TookTooLong(
            f"the load test's own requests took over {seconds:g} s",
            expected="a few hundred requests, one after the other, in a few seconds",
            actual="the app was still answering them",
        ) from too_long
    except (CheckFailed, Undecidable, ScenarioMistake):
        raise
    except Exception as error:
        raise ScenarioMistake(f"{name}: {traceback.format_exc()}") from error


def _was_limited(api: Api) -> bool:
    """Whether the last answer was a refusal for too many requests."""
    return bool(api.exchanges) and api.exchanges[-1].status == TOO_MANY_REQUESTS
