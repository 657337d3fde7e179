"""The pytest plugin that turns a run into events and hands checks their fixtures."""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections.abc import Iterator, Mapping

import pytest

from grader.domain.checks import CheckResult, PlannedCheck
from grader.domain.events import (
    Assumed,
    CheckFinished,
    CheckStarted,
    NotReady,
    Planned,
    Ready,
    Setup,
    Suspected,
)
from grader.domain.evidence import Interaction
from grader.domain.text import clean
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from harnesses.kit.api import Api
from harnesses.kit.channel import Channel
from harnesses.kit.command.cli import Cli, Habits
from harnesses.kit.command.line import Line
from harnesses.kit.connect import open_client
from harnesses.kit.declare import declaration_of
from harnesses.kit.dialect import Reading
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.functional.plan import HarnessMistake, plan
from harnesses.kit.functional.second_look import TIME_SHARE, Passed, SecondLook
from harnesses.kit.http import HttpClient
from harnesses.kit.identities import identity
from harnesses.kit.places import find_places
from harnesses.kit.process import App
from harnesses.kit.ready import wait_until_ready
from harnesses.kit.seeds import derive, randomness

KEPT_EXCHANGES = 4
MAX_WORDS = 600


class HarnessPlugin:
    """One functional run.

    ``problem`` holds, after the run, what the author of the harness must mend; usually nothing.
    """

    def __init__(self, setup: Setup, channel: Channel) -> None:
        self.setup = setup
        self.channel = channel
        self.problem = ""
        self._planned: dict[str, PlannedCheck] = {}
        self._lost: set[str] = set()
        self._passed: list[Passed] = []
        self._seconds = 0.0
        self._reading = Reading(
            setup.project.dialect, lambda text: channel.send(Assumed(text=text))
        )
        self._client: HttpClient | None = None
        self._api: Api | None = None
        self._cli: Cli | None = None
        self._habits = Habits()
        self._ready: Ready | None = None

    # -- before the checks ------------------------------------------------------------------------

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Order by the rubric, so that what a criterion needs is checked before it."""
        try:
            self._planned = plan(items, self.setup.project.rubric)
        except HarnessMistake as mistake:
            # A file that could not be read explains missing checks better than their absence.
            self.problem = self.problem or str(mistake)
            items.clear()
            return
        order = [criterion.id for criterion in self.setup.project.rubric.criteria]
        if self.setup.only:
            items[:] = [i for i in items if self._planned[i.nodeid].criterion in self.setup.only]
        items.sort(key=lambda item: order.index(self._planned[item.nodeid].criterion))
        checks = tuple(self._planned[item.nodeid] for item in items)
        self.channel.send(Planned(checks=checks))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problem = str(report.longrepr)[-MAX_WORDS:]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool | None:
        """Wait for the app; without it no check is run."""
        if self.problem:
            return True
        if self.setup.project.run.kind == "command":
            self.channel.send(Ready(seconds=0))
            return None
        seen = wait_until_ready(self.setup)
        self.channel.send(seen)
        if isinstance(seen, NotReady):
            return True
        self._moved(seen)
        assert self._client is not None
        find_places(self._client, self.setup.project, self._reading)
        return None

    def _moved(self, ready: Ready, preceded_by: str = "") -> None:
        """Talk to the app where it listens now."""
        if self._client is not None:
            self._client.close()
        self._ready = ready
        self._client = open_client(self.setup, ready, self._header(), preceded_by)
        if self._api is not None:
            self._api.use(self._client)

    def _open_client(self, header: Mapping[str, str]) -> HttpClient:
        assert self._ready is not None
        return open_client(self.setup, self._ready, header)

    def _header(self, check: str = "") -> dict[str, str]:
        """As whom a check asks: each as one of many clients."""
        number = derive(self.setup.seed, "client", check)
        return {"User-Agent": identity(number), "Accept": "application/json"}

    # -- one check --------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Leave out a check whose criterion needs one that was lost."""
        planned = self._planned[item.nodeid]
        criterion = self.setup.project.rubric.get(planned.criterion)
        blockers = [need for need in criterion.needs if need in self._lost]
        if not blockers:
            self.channel.send(CheckStarted(id=planned.id))
            return
        self._lost.add(planned.criterion)
        titles = [self.setup.project.rubric.get(blocker).title for blocker in blockers]
        self._finish(
            planned,
            Outcome.BLOCKED,
            fault=Fault.LEARNER,
            message=f"Not checked, because “{titles[0]}” comes first",
        )
        pytest.skip("blocked")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A fixture that breaks is its author's mistake, like a check that does."""
        if report.failed and report.when == "setup":
            self._broke(self._planned[report.nodeid], str(report.longrepr))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        planned = self._planned[item.nodeid]
        started = time.monotonic()
        try:
            if self._cli is not None:
                self._cli.begin()
            yield
        except CheckFailed as failure:
            self._failed(item, planned, failure, time.monotonic() - started)
        except Undecidable as reason:
            self._finish(
                planned,
                Outcome.ERRORED,
                fault=reason.fault,
                message=str(reason),
                seconds=time.monotonic() - started,
            )
        except Exception as error:
            self._broke(planned, "".join(traceback.format_exception(error)))
        else:
            seconds = time.monotonic() - started
            self._finish(planned, Outcome.PASSED, seconds=seconds)
            function = getattr(item, "function", None)
            if function:
                self._passed.append(Passed(planned, function, self._header(planned.id), seconds))

    def _failed(
        self, item: pytest.Item, planned: PlannedCheck, failure: CheckFailed, seconds: float
    ) -> None:
        self._lost.add(planned.criterion)
        declaration = declaration_of(getattr(item, "function", None))
        own_hint = declaration.hint if declaration else ""
        self._finish(
            planned,
            Outcome.FAILED,
            fault=Fault.LEARNER,
            message=clean(failure.message, MAX_WORDS),
            expected=clean(failure.expected, MAX_WORDS),
            actual=clean(failure.actual, MAX_WORDS),
            hint=own_hint or self.setup.project.rubric.get(planned.criterion).hint,
            evidence=self._evidence(failure.exchange),
            seconds=seconds,
        )

    def _broke(self, planned: PlannedCheck, where: str) -> None:
        """A check that raised something else is its author's mistake; nobody loses a point."""
        self._finish(
            planned,
            Outcome.ERRORED,
            fault=Fault.AUTHOR,
            message="this check itself has a mistake; its author must mend it",
            actual=clean(where[-MAX_WORDS * 2 :], MAX_WORDS * 2),
        )

    def _finish(
        self,
        planned: PlannedCheck,
        outcome: Outcome,
        *,
        fault: Fault | None = None,
        message: str = "",
        expected: str = "",
        actual: str = "",
        hint: str = "",
        evidence: tuple[Interaction, ...] = (),
        seconds: float = 0.0,
    ) -> None:
        result = CheckResult(
            **planned.model_dump(),
            outcome=outcome,
            fault=fault,
            message=message,
            expected=expected,
            actual=actual,
            hint=hint,
            evidence=evidence,
            seconds=round(seconds, 3),
        )
        self._seconds += seconds
        self.channel.send(CheckFinished(result=result))

    def _evidence(self, shown: Interaction | None) -> tuple[Interaction, ...]:
        """The request or call that shows the failure first, then the ones that led to it."""
        done: list[Interaction] = []
        if self._api is not None:
            done = list(self._api.exchanges)
        elif self._cli is not None:
            done = list(self._cli.evidence)
        numbered = [
            one.model_copy(update={"number": number}) for number, one in enumerate(done, start=1)
        ]
        if shown is None:
            return tuple(numbered[-KEPT_EXCHANGES:])
        place = next((at for at, one in enumerate(done) if one == shown), None)
        first = shown if place is None else numbered.pop(place)
        return (first, *numbered[-(KEPT_EXCHANGES - 1) :])

    # -- after the checks -------------------------------------------------------------------------

    def pytest_sessionfinish(self) -> None:
        """Repeat some of what passed; see :mod:`harnesses.kit.functional.second_look`."""
        of_all = self.setup.project.rubric.of(HarnessKind.FUNCTIONAL)
        earned = sum(passed.planned.points for passed in self._passed)
        if self._client is None or 2 * earned < sum(criterion.points for criterion in of_all):
            return
        # An app that serves one connection at a time would wait for this one to end.
        self._client.close()
        random = randomness(self.setup.seed, "second look")
        look = SecondLook(self._passed, self._open_client, self._reading, random)
        try:
            for flag in look.flags(TIME_SHARE * self._seconds):
                self.channel.send(Suspected(flag=flag))
        except Exception:
            # Every check has been told; nothing that goes wrong here may spoil them.
            traceback.print_exc(file=sys.stderr)

    # -- fixtures ---------------------------------------------------------------------------------

    @pytest.fixture
    def api(self, request: pytest.FixtureRequest) -> Iterator[Api]:
        """The app's HTTP API."""
        assert self._client is not None
        self._client.headers = self._header(self._planned[request.node.nodeid].id)
        self._api = Api(self._client, self._reading)
        yield self._api
        self._api = None

    @pytest.fixture
    def cli(self) -> Iterator[Cli]:
        """The learner's program, in a working directory of this check's own."""
        line = Line(self.channel)
        self._cli = Cli(line, self._habits, lambda text: self.channel.send(Assumed(text=text)))
        yield self._cli
        self._cli = None

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> random.Random:
        """Random data of this check: the same for the same seed, not to be guessed without it."""
        return randomness(self.setup.seed, "check", self._planned[request.node.nodeid].id)

    @pytest.fixture
    def app(self) -> App:
        """The app as a process."""
        return App(self.channel, lambda: wait_until_ready(self.setup), self._moved)
