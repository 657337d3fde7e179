"""Puts a row on stage: writes what is handed in, grades it, and says how the machine took it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import shutil
import time
import uuid
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from grader.catalog import load_project
from grader.domain.report import Report
from grader.domain.submission import Submission
from grader.domain.verdicts import HarnessKind
from harnesses.kit.samples import load_samples, materialise
from tests.hostile.handed import Handed
from tests.hostile.rows import BLOG, CORPUS, Expect, Row
from tests.hostile.world import World
from worker.builds.key import scope_key
from worker.builds.labels import SCOPE
from worker.grade import grade_submission
from worker.workbench import Workbench

BEAT_S = 0.1
HONEST = "reference"
SEED = 7


@dataclass(frozen=True)
class Ended:
    """How a row, or one of its submissions, ended."""

    name: str
    expect: Expect
    report: Report
    control: Report | None
    submission: str
    seconds: float
    # The longest time for which the worker's event loop did nothing else.
    longest_beat: float


class Stage:
    """One row, ready to be graded.

    Args:
        name: The row's id.
        row: The row.
        bench: The worker.
        world: The canaries.
        folder: An empty folder for its files.
    """

    def __init__(self, name: str, row: Row, bench: Workbench, world: World, folder: Path) -> None:
        self._name = name
        self._row = row
        self._bench = bench
        self._world = world
        self._folder = folder
        self._owner = f"hostile-{name}-{uuid.uuid4().hex[:8]}"
        self._owners: set[str] = set()
        self._number = 0
        self._make = _make_of(CORPUS / name)

    def run(self) -> Generator[Ended, None, None]:
        """Grade it, beside an honest submission where the row asks for one.

        Yields:
            How each submission of the row ended; most rows have one.
        """
        self._write()
        with self._sources() as sources:
            for name, handed in sources.items():
                yield asyncio.run(self._grade(name, handed))

    def check(self, report: Report) -> None:
        """What only this row must hold."""
        if self._make and hasattr(self._make, "check"):
            self._make.check(report, self._world)

    def remove_images(self) -> None:
        """Remove what was built for it."""
        store = self._bench.workshop.store
        for owner in self._owners:
            for image in store.list({SCOPE: scope_key(owner)}):
                for tag in image.tags:
                    store.remove(tag)

    def _write(self) -> None:
        self._folder.mkdir()
        if self._row.sample:
            write_sample(self._bench, self._row.project, self._row.sample, self._folder)
        if (CORPUS / self._name / "app").is_dir():
            shutil.copytree(
                CORPUS / self._name / "app", self._folder, dirs_exist_ok=True, symlinks=True
            )
        if self._make and hasattr(self._make, "write"):
            self._make.write(self._folder, self._world)

    @contextlib.contextmanager
    def _sources(self) -> Iterator[dict[str, Handed]]:
        if self._make and hasattr(self._make, "sources"):
            with self._make.sources(self._folder, self._world) as sources:
                yield sources
        elif self._make and hasattr(self._make, "source"):
            with self._make.source(self._folder, self._world) as source:
                yield {"": Handed(source)}
        else:
            yield {"": Handed(str(self._folder))}

    async def _grade(self, name: str, handed: Handed) -> Ended:
        project = load_project(self._bench.settings.specs_dir, self._row.project)
        self._number += 1
        owner = self._owner + handed.owner
        self._owners.add(owner)
        submission = Submission(
            id=f"{self._owner}-{self._number}",
            source=handed.source,
            project=project.slug,
            ref=handed.ref,
            path=handed.path,
            seed=SEED,
            owner=owner,
        )
        beat = _Beat()
        ticking = asyncio.create_task(beat.tick())
        control = asyncio.create_task(self._control()) if self._row.control else None
        started = time.monotonic()
        report = await grade_submission(
            submission, project, self._bench, lambda _: None, self._row.kinds
        )
        seconds = time.monotonic() - started
        honest = await control if control else None
        ticking.cancel()
        expect = handed.expected(self._row.expect)
        return Ended(name, expect, report, honest, submission.id, seconds, beat.longest)

    async def _control(self) -> Report:
        """An honest submission of somebody else's."""
        folder = self._folder.with_name("control")
        write_sample(self._bench, BLOG, HONEST, folder)
        submission = Submission(
            id=f"{self._owner}-control", source=str(folder), project=BLOG, seed=SEED, owner="honest"
        )
        project = load_project(self._bench.settings.specs_dir, BLOG)
        return await grade_submission(
            submission, project, self._bench, lambda _: None, (HarnessKind.FUNCTIONAL,)
        )


class _Beat:
    """The worker's pulse."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def tick(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(BEAT_S)
            now = time.monotonic()
            self.longest = max(self.longest, now - last)
            last = now


def write_sample(bench: Workbench, slug: str, name: str, folder: Path) -> None:
    """Write the app of a sample of a project."""
    samples = load_samples(bench.settings.harnesses_dir / slug)
    materialise(next(sample for sample in samples if sample.name == name), folder)


def _make_of(folder: Path) -> ModuleType | None:
    file = folder / "make.py"
    if not file.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"hostile_{folder.name}", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
