"""What the benchmark grades: samples of a project, as folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.catalog import load_project
from grader.domain.progress import Progress
from grader.domain.project import Project
from grader.domain.report import Report
from grader.domain.submission import Submission
from harnesses.kit.samples import Sample, load_samples, materialise
from worker.grade import grade_submission
from worker.workbench import Workbench

SLUG = "blogging_platform_api"
SEED = 11


def project_of(bench: Workbench) -> Project:
    return load_project(bench.settings.specs_dir, SLUG)


def sample_of(bench: Workbench, name: str) -> Sample:
    """One sample of the project."""
    samples = load_samples(bench.settings.harnesses_dir / SLUG)
    return next(sample for sample in samples if sample.name == name)


def write_app(bench: Workbench, name: str, folder: Path) -> Path:
    """Write the app of a sample into a new folder."""
    materialise(sample_of(bench, name), folder)
    return folder


async def grade_folder(
    bench: Workbench,
    folder: Path,
    owner: str,
    listen: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Grade a folder."""
    submission = Submission(id="bench", source=str(folder), project=SLUG, seed=SEED, owner=owner)
    return await grade_submission(submission, project_of(bench), bench, listen)
