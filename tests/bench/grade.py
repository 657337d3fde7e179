"""A whole grade of an app that is built already, against the same by hand."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from grader.domain.events import RunSlice, Setup
from grader.domain.progress import CheckDone, Progress
from grader.domain.submission import Submission
from grader.domain.verdicts import HarnessKind
from tests.bench.row import Row, at_most, ratio
from tests.bench.subject import SEED, grade_folder, project_of, write_app
from worker.builds.context import export_context
from worker.builds.detect import plan
from worker.sources import Fetched, fetch
from worker.workbench import Workbench

ROUNDS = 3
OWNER = "bench"
SCRIPT = Path(__file__).with_name("bare.sh")


async def rows(bench: Workbench) -> list[Row]:
    """Whole grade, functional verdict and first result, each as ours / bare."""
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as work:
        folder = write_app(bench, "reference", Path(work, "app"))
        await grade_folder(bench, folder, OWNER)
        setups = _write_setups(bench, Path(work, "setups"))
        context = _write_context(bench, folder, Path(work))
        ours: list[dict[str, float]] = []
        bare: list[dict[str, float]] = []
        for _ in range(ROUNDS):
            bare.append(await _bare(bench, context, setups))
            ours.append(await _ours(bench, folder))
    pairs = (
        ("whole grade", "end", 1.0),
        ("functional verdict", "functional-end", 1.15),
        ("first check result", "functional-first", 1.3),
    )
    return [
        at_most(
            f"{name}, ours / by hand",
            ratio([one[mark] for one in ours], [one[mark] for one in bare]),
            goal,
            "ratio of seconds",
        )
        for name, mark, goal in pairs
    ]


async def _ours(bench: Workbench, folder: Path) -> dict[str, float]:
    started = time.monotonic()
    marks: dict[str, float] = {}

    def listen(progress: Progress) -> None:
        if isinstance(progress, CheckDone) and progress.result.criterion in functional:
            now = time.monotonic() - started
            marks.setdefault("functional-first", now)
            marks["functional-end"] = now

    rubric = project_of(bench).rubric
    functional = {criterion.id for criterion in rubric.of(HarnessKind.FUNCTIONAL)}
    report = await grade_folder(bench, folder, OWNER, listen)
    marks["end"] = time.monotonic() - started
    if report.score.earned != report.score.possible:
        raise RuntimeError(f"the reference lost points: {report.score}")
    return marks


async def _bare(bench: Workbench, context: Path, setups: Path) -> dict[str, float]:
    calibration = (await bench.calibration_app(project_of(bench))).image
    command = [str(SCRIPT), str(context), calibration, bench.harness_image, str(setups)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"bare.sh ended with {process.returncode}")
    stamps = {name: float(at) for name, at in (line.split() for line in out.decode().splitlines())}
    return {name: at - stamps["start"] for name, at in stamps.items()}


def _write_setups(bench: Workbench, folder: Path) -> Path:
    """The first command for each harness, and the slices of the load phase."""
    folder.mkdir()
    project = project_of(bench)
    for kind in HarnessKind:
        setup = Setup(kind=kind, project=project, seed=SEED, ready_timeout=30)
        (folder / f"{kind}.json").write_text(setup.model_dump_json() + "\n", encoding="utf-8")
    assert project.load is not None
    slices = [
        RunSlice(index=index, users=project.load.users, seconds=project.load.slice_seconds)
        for index in range(project.load.slices)
    ]
    lines = "".join(one.model_dump_json() + "\n" for one in slices)
    (folder / "slices.ndjson").write_text(lines, encoding="utf-8")
    return folder


def _write_context(bench: Workbench, folder: Path, work: Path) -> Path:
    """The build context as ``docker build`` gets it by hand, Dockerfile included."""
    (work / "fetched").mkdir()
    submission = Submission(id="bench", source=str(folder), project="x", seed=0)
    fetched = fetch(submission, bench.settings, work / "fetched")
    assert isinstance(fetched, Fetched)
    planned = plan(fetched.tree, None, bench.workshop.bases)
    context = work / "context"
    context.mkdir()
    export_context(fetched.tree, planned, context)
    return context
