"""What a worker needs to grade: the engine, the images, the sandbox, the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from grader.domain.project import Project
from grader.domain.submission import Submission
from grader.errors import PlatformError
from grader.settings import Settings
from harnesses.kit.samples import load_samples, materialise
from worker.builds.bases import EngineBases
from worker.builds.build import BuiltApp, Workshop, build
from worker.builds.gateway import ensure_gateway
from worker.builds.labels import APP_IMAGE, STAGE_IMAGE
from worker.images.backing import ROLE as SERVICE_ROLE
from worker.images.harness import CODE_ROLE, LIBRARIES_ROLE, HarnessImage, ensure_harness_image
from worker.images.retention import keep_latest
from worker.sandbox.app import AppSpec
from worker.sandbox.engine import connect
from worker.sandbox.images import ImageStore
from worker.sandbox.sandbox import Sandbox
from worker.sources import Fetched, fetch
from worker.threads import in_thread
from worker.workplaces import remove_dead_workplaces, workplace

CALIBRATION_SCOPE = "calibration"
# Small, and every edition of the kit makes one; a worker that runs for long goes on with its own.
KEEP_HARNESS_IMAGES = 40
# Some editions of each server.
KEEP_SERVICE_IMAGES = 12


class Workbench:
    """A worker's tools, shared by everything it grades. Made by :meth:`open`."""

    def __init__(
        self, settings: Settings, sandbox: Sandbox, workshop: Workshop, harness: HarnessImage
    ) -> None:
        self.settings = settings
        self.sandbox = sandbox
        self.workshop = workshop
        self.store = workshop.store
        self.harness_image = harness.reference
        self.harness_digest = harness.digest
        # Load tests of one worker take turns: they would measure each other.
        self.load_turn = asyncio.Lock()
        self._calibration: dict[str, AppSpec] = {}
        self._calibration_lock = asyncio.Lock()

    @classmethod
    @contextmanager
    def open(cls, settings: Settings) -> Iterator[Workbench]:
        """Connect to the engine, make what images are missing, remove what a dead worker left.

        Raises:
            PlatformError: If there is no engine, or an image cannot be made.
        """
        client = connect(settings)
        try:
            store = ImageStore(client)
            harness = ensure_harness_image(store, settings)
            sandbox = Sandbox(client, settings, harness.reference)
            network = ensure_gateway(client, settings)
            workshop = Workshop(store, EngineBases(store, settings), network, settings)
            bench = cls(settings, sandbox, workshop, harness)
            bench.tidy()
            yield bench
            _remove_old_images(store, settings)
        finally:
            client.close()

    def tidy(self) -> None:
        """Remove what dead workers left on this machine.

        Raises:
            PlatformError: If the engine cannot say what is there.
        """
        self.sandbox.reap()
        remove_dead_workplaces()

    async def calibration_app(self, project: Project) -> AppSpec:
        """The app that a project's load test compares with, built at its first use.

        Raises:
            PlatformError: ``load.calibration`` if it cannot be built.
        """
        if project.load is None:
            raise PlatformError("load.calibration", log="the project has no [load] section")
        name = project.load.calibration
        async with self._calibration_lock:
            if project.slug not in self._calibration:
                built = await in_thread(self.build_sample, project.slug, name)
                self._calibration[project.slug] = AppSpec(
                    image=built.image_ref,
                    command=built.plan.command,
                    environment=built.plan.environment,
                )
        return self._calibration[project.slug]

    def build_sample(self, slug: str, name: str) -> BuiltApp:
        """Build a sample of a project; all samples share their layers.

        Raises:
            PlatformError: ``load.calibration`` if there is no such sample.
            GraderError: If it cannot be built.
        """
        samples = load_samples(self.settings.harnesses_dir / slug)
        sample = next((sample for sample in samples if sample.name == name), None)
        if sample is None:
            raise PlatformError("load.calibration", log=f"there is no sample called {name!r}")
        with workplace() as folder:
            source, workdir = folder / "app", folder / "work"
            materialise(sample, source)
            workdir.mkdir()
            submission = Submission(id=name, source=str(source), project=slug, seed=0)
            fetched = fetch(submission, self.settings, workdir)
            assert isinstance(fetched, Fetched)
            return build(fetched.tree, f"{CALIBRATION_SCOPE}:{slug}", self.workshop)


def _remove_old_images(store: ImageStore, settings: Settings) -> None:
    """After the grade, when nobody waits: an engine slows down with its images."""
    for role in (APP_IMAGE, STAGE_IMAGE):
        keep_latest(store, role, settings.keep_images)
    for role in (CODE_ROLE, LIBRARIES_ROLE):
        keep_latest(store, role, KEEP_HARNESS_IMAGES)
    keep_latest(store, SERVICE_ROLE, KEEP_SERVICE_IMAGES)
