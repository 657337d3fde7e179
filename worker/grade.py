"""One submission, from its source to its report: the pipeline, readable top to bottom.

What can overlap does. Pods (network namespace and harness) are made ready while the build still
runs; functional and contract checks run side by side on pods of their own; the pods of the load
phase are started while the last of those ends, and then have the machine to themselves.
"""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from grader.domain.events import Setup
from grader.domain.progress import BuildOutput
from grader.domain.project import Project
from grader.domain.report import Note, Report
from grader.domain.scoring import Ending
from grader.domain.submission import Submission
from grader.domain.text import clean
from grader.domain.verdicts import HarnessKind, Phase
from grader.errors import GraderError, PlatformError
from worker.backing import Backing, provide
from worker.builds.build import BuiltApp, build
from worker.ledger import Ledger, Listener, ending_of
from worker.runners.commands import CommandPod
from worker.runners.drive import drive
from worker.runners.load import Side, run_load
from worker.runners.running import check_running
from worker.runners.target import AppPod, app_log_of, tracebacks_of
from worker.sandbox.app import AppSpec
from worker.sandbox.pod import Pod
from worker.sources import Fetched, RunningApp, fetch, public_location
from worker.stations import Station, Stations
from worker.threads import in_thread, in_thread_until
from worker.workbench import Workbench
from worker.workplaces import workplace

FUNCTIONAL_BUDGET_S = 300.0
CONTRACT_GRACE_S = 60.0
SAID_CHARS = 600


async def grade_submission(
    submission: Submission,
    project: Project,
    bench: Workbench,
    listen: Listener,
    kinds: Collection[HarnessKind] = tuple(HarnessKind),
) -> Report:
    """Grade one submission.

    Args:
        submission: What was handed in.
        project: What it is graded as.
        bench: The engine, images and settings to do it with.
        listen: Told of progress.
        kinds: The kinds of harness to run, where the rubric has criteria for them; points of
            others stay undecided.

    Returns:
        The report, whatever happened: a submission that cannot be graded has a report that says
        why, and points that we could not decide are undecided, never lost.
    """
    ledger = Ledger(submission, project, bench.harness_digest, listen)
    try:
        with workplace() as workdir:
            fetched = await _fetch(submission, bench, ledger, workdir)
            if isinstance(fetched, RunningApp):
                await check_running(fetched, submission, project, bench, ledger)
            else:
                wanted = [kind for kind in HarnessKind if kind in kinds and project.rubric.of(kind)]
                await _build_and_check(fetched, submission, project, bench, ledger, wanted)
    except GraderError as error:
        ledger.end(ending_of(error))
    except Exception:
        log = traceback.format_exc()[-4_000:]
        ledger.end(ending_of(PlatformError("grade.internal", log=log)))
    return ledger.report()


async def _fetch(
    submission: Submission, bench: Workbench, ledger: Ledger, workdir: Path
) -> Fetched | RunningApp:
    with ledger.phase(
        Phase.FETCHING, detail=submission.uploaded_as or public_location(submission.source)
    ):
        fetched = await in_thread(
            fetch, submission, bench.settings, workdir, allow_local=not submission.remote
        )
    ledger.source = fetched.source
    for note in fetched.notes:
        ledger.note(note)
    return fetched


async def _build_and_check(
    fetched: Fetched,
    submission: Submission,
    project: Project,
    bench: Workbench,
    ledger: Ledger,
    kinds: list[HarnessKind],
) -> None:
    commands = project.run.kind != "http"
    backing = await _provide(fetched, bench, ledger) if not commands else Backing()
    async with Stations(
        bench.sandbox,
        submission.id,
        commands=commands,
        hosts=backing.hosts,
        services=backing.services,
        simulates=project.run.simulates,
    ) as stations:
        for kind in kinds:
            if kind is not HarnessKind.LOAD:
                stations.prepare(kind)
        calibration: asyncio.Task[AppSpec] | None = None
        if HarnessKind.LOAD in kinds:
            calibration = asyncio.create_task(bench.calibration_app(project))
        try:
            app = await _build(fetched, submission, project, bench, ledger)
            ledger.build = app.summary().model_copy(update={"services": backing.facts})
            grade = _Grade(submission, project, bench, ledger, stations, app, backing)
            await grade.check(kinds, calibration)
        finally:
            if calibration:
                calibration.cancel()


async def _provide(fetched: Fetched, bench: Workbench, ledger: Ledger) -> Backing:
    """The services that the source asks for; their images are made where they are not there."""
    tell = _teller(ledger)
    backing = await in_thread(provide, fetched.tree, bench.store, bench.settings, tell)
    for note in backing.notes:
        ledger.note(note)
    return backing


def _teller(ledger: Ledger) -> Callable[[str], None]:
    """Passes lines of builds on from their threads."""
    loop = asyncio.get_running_loop()

    def tell(line: str) -> None:
        loop.call_soon_threadsafe(ledger.tell, BuildOutput(line=line))

    return tell


async def _build(
    fetched: Fetched,
    submission: Submission,
    project: Project,
    bench: Workbench,
    ledger: Ledger,
) -> BuiltApp:
    with ledger.phase(Phase.BUILDING):
        cancelled = threading.Event()
        app = await in_thread_until(
            cancelled,
            build,
            fetched.tree,
            submission.owner or f"{fetched.source.location}#{fetched.source.path}",
            bench.workshop,
            kind=project.run.kind,
            on_line=_teller(ledger),
            cancelled=cancelled,
        )
    for note in app.plan.notes:
        ledger.note(note)
    return app


class _Grade:
    """The checking phase of one submission."""

    def __init__(
        self,
        submission: Submission,
        project: Project,
        bench: Workbench,
        ledger: Ledger,
        stations: Stations,
        app: BuiltApp,
        backing: Backing,
    ) -> None:
        self._submission = submission
        self._project = under(project, app.plan.base_path)
        self._bench = bench
        self._ledger = ledger
        self._stations = stations
        self._spec = app_spec(app, backing.environment)
        self._occupied = backing.ports

    async def check(
        self, kinds: list[HarnessKind], calibration: asyncio.Task[AppSpec] | None
    ) -> None:
        """Run these kinds of harness; load where there is an app to compare with."""
        with self._ledger.phase(Phase.CHECKING):
            alone = [
                asyncio.create_task(self._run(kind))
                for kind in kinds
                if kind is not HarnessKind.LOAD
            ]
            try:
                if calibration:
                    await self._run_load(alone, calibration)
                await asyncio.gather(*alone)
            finally:
                for task in alone:
                    task.cancel()

    async def _run(self, kind: HarnessKind) -> Ending | None:
        """One harness on a pod of its own; returns why it ended early, if it did."""
        with self._ledger.phase(Phase.CHECKING, name=kind):
            station = await self._stations.get(kind)
            self._note_scripts(station)
            target = await self._target(station.pod)
            run = await drive(
                station.harness, target, self._setup(kind), self._ledger, self._budget(kind)
            )
            if kind is HarnessKind.FUNCTIONAL:
                self._ledger.app_log = await in_thread(app_log_of, station.pod)
            self._ledger.explain(kind, await in_thread(tracebacks_of, station.pod))
        self._stations.close(station)
        return run.ending

    async def _target(self, pod: Pod) -> AppPod:
        """The app, started; a command-line program is started by each command."""
        if self._project.run.kind != "http":
            return await in_thread(CommandPod, pod, self._spec)
        await in_thread(pod.start_app, self._spec)
        return AppPod(pod)

    async def _run_load(
        self, others: list[asyncio.Task[Ending | None]], calibration: asyncio.Task[AppSpec]
    ) -> None:
        """Start both apps when the first of the others is done, drive them when all are."""
        if others:  # a project or a caller may want the load test alone
            done, _ = await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
            if any(task.result() for task in done):
                return

        async def others_done() -> None:
            await asyncio.gather(*others)

        with self._ledger.phase(Phase.CHECKING, name=HarnessKind.LOAD):
            own, twin = await asyncio.gather(
                self._load_station("app", self._spec),
                self._load_station("calibration", await calibration, bare=True),
            )
            async with self._bench.load_turn:
                await run_load(
                    Side(own.harness),
                    AppPod(own.pod),
                    Side(twin.harness),
                    self._setup(HarnessKind.LOAD),
                    self._ledger,
                    others_done,
                )

    async def _load_station(self, name: str, spec: AppSpec, *, bare: bool = False) -> Station:
        station = await self._stations.prepare(HarnessKind.LOAD, name, bare=bare)
        await in_thread(station.pod.start_app, spec)
        return station

    def _setup(self, kind: HarnessKind) -> Setup:
        run = self._project.run
        return Setup(
            kind=kind,
            project=self._project,
            seed=self._submission.seed,
            ready_timeout=run.start_timeout or self._bench.settings.start_timeout,
            occupied=self._occupied,
        )

    def _note_scripts(self, station: Station) -> None:
        """Mistakes in the app's own SQL, in the server's words."""
        if station.said:
            text = clean(" / ".join(station.said), SAID_CHARS)
            self._ledger.note(Note(kind="warning", text=f"Your SQL files met errors: {text}"))

    def _budget(self, kind: HarnessKind) -> float:
        if kind is HarnessKind.CONTRACT and self._project.contract:
            return self._project.contract.seconds + CONTRACT_GRACE_S
        return FUNCTIONAL_BUDGET_S


def under(project: Project, base_path: str | None) -> Project:
    """The project with the prefix that a learner's ``grader.toml`` declares looked at first."""
    if base_path is None:
        return project
    paths = (base_path.rstrip("/"), *project.dialect.base_paths)
    return project.model_copy(
        update={"dialect": project.dialect.model_copy(update={"base_paths": paths})}
    )


def app_spec(app: BuiltApp, defaults: Mapping[str, str]) -> AppSpec:
    """How the sandbox runs what was built.

    Args:
        app: It.
        defaults: Variables where neither the image nor the learner's ``grader.toml`` sets them.
    """
    return AppSpec(
        image=app.image_ref,
        command=app.plan.command,
        environment=app.plan.environment,
        defaults=defaults,
        prepare=app.plan.prepare,
    )
