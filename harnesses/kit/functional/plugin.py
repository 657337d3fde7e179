"""The pytest plugin that turns a run into events and hands checks their fixtures."""

from __future__ import annotations

import hashlib
import random
import time
import traceback
from collections.abc import Iterator

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
)
from grader.domain.evidence import HttpExchange
from grader.domain.text import clean
from grader.domain.verdicts import Fault, Outcome
from harnesses.kit.api import Api
from harnesses.kit.channel import Channel
from harnesses.kit.declare import declaration_of
from harnesses.kit.dialect import Reading, find_base_path
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.functional.plan import HarnessMistake, plan
from harnesses.kit.http import HttpClient
from harnesses.kit.process import App
from harnesses.kit.ready import wait_until_ready

KEPT_EXCHANGES = 4
MAX_WORDS = 600
# What browsers, scripts and tools send, so that no client is the one that an app knows.
IDENTITIES = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "curl/8.14.1",
    "PostmanRuntime/7.44.0",
    "axios/1.9.0",
    "okhttp/5.0.0",
)


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
        self._reading = Reading(
            setup.project.dialect, lambda text: channel.send(Assumed(text=text))
        )
        self._client: HttpClient | None = None
        self._api: Api | None = None
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
        seen = wait_until_ready(self.setup)
        self.channel.send(seen)
        if isinstance(seen, NotReady):
            return True
        self._moved(seen)
        assert self._client is not None
        find_base_path(self._client, self.setup.project, self._reading)
        return None

    def _moved(self, ready: Ready) -> None:
        """Talk to the app where it listens now."""
        if self._client is not None:
            self._client.close()
        host = f"[{ready.host}]" if ":" in ready.host else ready.host
        identity = IDENTITIES[self.setup.seed % len(IDENTITIES)]
        self._client = HttpClient(
            f"http://{host}:{ready.port}",
            shown_origin=f"http://localhost:{ready.port}",
            headers={"User-Agent": identity, "Accept": "application/json"},
        )
        self._ready = ready
        if self._api is not None:
            self._api.use(self._client)

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
            yield
        except CheckFailed as failure:
            self._failed(item, planned, failure, time.monotonic() - started)
        except Undecidable as reason:
            self._finish(
                planned, Outcome.ERRORED, message=str(reason), seconds=time.monotonic() - started
            )
        except Exception as error:
            self._broke(planned, "".join(traceback.format_exception(error)))
        else:
            self._finish(planned, Outcome.PASSED, seconds=time.monotonic() - started)

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
        evidence: tuple[HttpExchange, ...] = (),
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
        self.channel.send(CheckFinished(result=result))

    def _evidence(self, shown: HttpExchange | None) -> tuple[HttpExchange, ...]:
        """The request that shows the failure first, then the ones that led to it."""
        before = self._api.exchanges if self._api else []
        if shown is None:
            return tuple(before[-KEPT_EXCHANGES:])
        others = [exchange for exchange in before if exchange is not shown]
        return (shown, *others[-(KEPT_EXCHANGES - 1) :])

    # -- fixtures ---------------------------------------------------------------------------------

    @pytest.fixture
    def api(self) -> Iterator[Api]:
        """The app's HTTP API."""
        assert self._client is not None
        self._api = Api(self._client, self._reading)
        yield self._api
        self._api = None

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> random.Random:
        """Random data of this check: the same for the same seed, not to be guessed without it."""
        name = f"{self.setup.seed}:{request.node.name}".encode()
        return random.Random(hashlib.sha256(name).digest())  # noqa: S311 - test data

    @pytest.fixture
    def app(self) -> App:
        """The app as a process."""
        return App(self.channel, lambda: wait_until_ready(self.setup), self._moved)
