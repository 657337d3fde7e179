"""A load phase in small: two apps and two harnesses as processes, which take turns."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from grader.domain.checks import CheckResult
from grader.domain.events import (
    Broken,
    CheckFinished,
    Event,
    Finished,
    NotReady,
    Ready,
    RunSlice,
    Setup,
    SliceDone,
    Stop,
)
from grader.domain.project import LoadPlan, Project
from grader.domain.verdicts import HarnessKind
from tests.support.harness_process import HarnessSubprocess, harness

APP = Path(__file__).with_name("load_app.py")
LIMITS = {"correctness": 0, "failures": 0.01, "p95_ratio": 4, "throughput_ratio": 0.25}

SCENARIO = """
    from harnesses.kit import expect
    from harnesses.kit.load import LoadScenario, task

    THINGS = 5

    class Things(LoadScenario):
        def prepare(self, api):
            self.things = [self.make(api, f"thing {n}") for n in range(THINGS)]
            self.shown = dict.fromkeys(self.things, 0)
            self.asked = dict.fromkeys(self.things, 0)

        def make(self, api, name):
            answer = api.post("/things", json={"name": name})
            expect(answer).created()
            return answer.field("id")

        @task(9)
        def show(self, user):
            number = user.random.randrange(THINGS)
            key = self.things[number]
            self.asked[key] += 1
            answer = user.get("/things/{key}", key=key)
            self.shown[key] += 1
            expect(answer).ok().field("name").equals(f"thing {number}")

        @task(1)
        def add(self, user):
            expect(user.post("/things", json={"name": "more"})).created()

        def count(self, api, key):
            return api.get(f"/things/{key}/stats").record().get("count")

        def after(self, api):
            for key in self.things:
                found = self.count(api, key)
                right = self.shown[key] <= found <= self.asked[key]
                expect(found, "the count of a thing").holds(right, str(self.shown[key]))
"""


def project(slices: int = 2, seconds: float = 0.5) -> Project:
    """A project whose criteria are one for each measure."""
    criteria = [
        {"id": f"load.{name}", "title": name, "points": 25, "harness": "load"} for name in LIMITS
    ]
    limits = [
        {"criterion": f"load.{name}", "measure": name, "limit": limit}
        for name, limit in LIMITS.items()
    ]
    return Project.model_validate(
        {
            "slug": "tiny",
            "title": "Tiny",
            "version": "1",
            "level": "test",
            "summary": "For tests",
            "openapi": "paths: {/things: {post: {}}}",
            "dialect": {"aliases": {"name": ["Name"]}},
            "rubric": {"criteria": criteria},
            "load": {"users": 8, "slices": slices, "slice_seconds": seconds, "limits": limits},
        }
    )


@contextmanager
def running(mode: str) -> Iterator[int]:
    """Start ``load_app.py`` in a mode; gives the port it listens on."""
    app = subprocess.Popen([sys.executable, APP, mode], stdout=subprocess.PIPE, text=True)
    try:
        assert app.stdout is not None
        yield int(app.stdout.readline())
    finally:
        app.kill()
        app.wait()
        if app.stdout:
            app.stdout.close()


@dataclass
class Side:
    """One app under load, with what its harness said."""

    process: HarnessSubprocess
    project: Project
    port: int
    ready_timeout: float = 5
    events: list[Event] = field(default_factory=list)

    def start(self) -> bool:
        """Begin; whether the app can be put under load."""
        self.process.send(
            Setup(
                kind=HarnessKind.LOAD,
                project=self.project,
                seed=7,
                ready_timeout=self.ready_timeout,
                port=self.port,
            )
        )
        return isinstance(self.until(Ready), Ready)

    def slice(self, index: int) -> Event:
        plan = self.plan
        self.process.send(RunSlice(index=index, users=plan.users, seconds=plan.slice_seconds))
        return self.until(SliceDone)

    def stop(self) -> None:
        self.process.send(Stop())
        self.until(Finished)

    def until(self, wanted: type[Event]) -> Event:
        """The next event of that type, or the last one of the run."""
        for event in self.process.events():
            self.events.append(event)
            if isinstance(event, wanted | Finished | Broken | NotReady):
                return event
        raise AssertionError("the harness ended without a word")

    @property
    def plan(self) -> LoadPlan:
        assert self.project.load is not None
        return self.project.load

    @property
    def slices(self) -> list[SliceDone]:
        return [event for event in self.events if isinstance(event, SliceDone)]

    @property
    def checks(self) -> list[CheckResult]:
        return [event.result for event in self.events if isinstance(event, CheckFinished)]

    @property
    def told(self) -> str:
        """What the learner is told of assumptions."""
        return "; ".join(event.text for event in self.events if event.type == "assumed")


def write_scenario(root: Path, source: str = SCENARIO) -> None:
    """Put a scenario where a harness with this root finds it."""
    (root / "tiny").mkdir(exist_ok=True)
    (root / "tiny" / "load.py").write_text(dedent(source))


def drive(
    root: Path, mode: str, tiny: Project, after_slice: Callable[[int], object] | None = None
) -> Side:
    """Put one app under load, alone, from begin to end.

    Args:
        root: Where the scenario is.
        mode: Of the app.
        tiny: The project.
        after_slice: Called with the harness's process id after each slice.
    """
    with running(mode) as port, harness(HarnessKind.LOAD, root) as process:
        side = Side(process, tiny, port)
        if side.start():
            for index in range(side.plan.slices):
                side.slice(index)
                if after_slice:
                    after_slice(process._process.pid)
            side.stop()
    return side


def take_turns(root: Path, mode: str, tiny: Project) -> tuple[Side, Side]:
    """Put an app and the good one beside it under load, in turns; returns both in this order."""
    with ExitStack() as stack:
        sides = [
            Side(
                stack.enter_context(harness(HarnessKind.LOAD, root)),
                tiny,
                stack.enter_context(running(name)),
            )
            for name in ("app", mode)
        ]
        for side in sides:
            assert side.start()
        for index in range(sides[0].plan.slices):
            for side in sides:
                side.slice(index)
        for side in sides:
            side.stop()
    return sides[1], sides[0]
