"""The pytest plugin that turns a run into events and hands checks their fixtures."""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections.abc import Iterator

import pytest

from grader.domain.checks import CheckResult, PlannedCheck
from grader.domain.events import CheckFinished, CheckStarted, Planned, Setup, Suspected
from grader.domain.evidence import Interaction
from grader.domain.text import clean
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from harnesses.kit.channel import Channel
from harnesses.kit.declare import declaration_of
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.functional.plan import HarnessMistake, plan
from harnesses.kit.functional.second_look import TIME_SHARE, Passed
from harnesses.kit.functional.surfaces.base import Surface
from harnesses.kit.seeds import randomness

KEPT_EXCHANGES = 4
MAX_WORDS = 600


class HarnessPlugin:
    """One functional run.

    Args:
        setup: What is graded.
        channel: The line to the worker.
        surface: Where the checks meet the learner's work.

    ``problem`` holds, after the run, what the author of the harness must mend; usually nothing.
    """

    def __init__(self, setup: Setup, channel: Channel, surface: Surface) -> None:
        self.setup = setup
        self.channel = channel
        self.problem = ""
        self._surface = surface
        self._planned: dict[str, PlannedCheck] = {}
        self._lost: set[str] = set()
        self._passed: list[Passed] = []
        self._seconds = 0.0

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
        """Open the way to the learner's work; without it no check is run."""
        return True if self.problem or not self._surface.open() else None

    # -- one check --------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Leave out a check whose criterion needs one that was lost."""
        planned = self._planned[item.nodeid]
        criterion = self.setup.project.rubric.get(planned.criterion)
        blockers = [need for need in criterion.needs if need in self._lost]
        if not blockers:
            self._surface.check = planned
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
            self._surface.begin()
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
                self._passed.append(Passed(planned, function, seconds))

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
        done = self._surface.evidence()
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
        if 2 * earned < sum(criterion.points for criterion in of_all):
            return
        try:
            for flag in self._surface.look_again(self._passed, TIME_SHARE * self._seconds):
                self.channel.send(Suspected(flag=flag))
        except Exception:
            # Every check has been told; nothing that goes wrong here may spoil them.
            traceback.print_exc(file=sys.stderr)

    @pytest.fixture
    def rng(self) -> random.Random:
        """Random data of this check: the same for the same seed, not to be guessed without it."""
        return randomness(self.setup.seed, "check", self._surface.current)
