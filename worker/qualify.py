"""Proof that a harness is right: its samples, graded in the real sandbox, lose what they should.

Every sample goes the whole way that a learner's submission goes.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import Field

from grader.domain.base import Frozen
from grader.domain.project import Project
from grader.domain.report import Report
from grader.domain.submission import Submission
from grader.domain.verdicts import Outcome
from harnesses.kit.samples import Sample, materialise
from worker.grade import grade_submission
from worker.workbench import Workbench

SEED = 20_260_301


class Qualification(Frozen):
    """What one sample proved."""

    project: str
    sample: str
    about: str
    expected: tuple[str, ...] = Field(description="Criteria that must fail")
    lost: tuple[str, ...] = Field(description="Criteria that failed")
    blocked: tuple[str, ...] = Field(description="Criteria that were blocked in consequence")
    undecided: tuple[str, ...] = Field(description="Criteria that nobody could decide")
    problem: str = Field(description="Why the run ended early, if it did")
    messages: tuple[str, ...] = Field(description="What was said of the lost criteria")
    score: float
    seconds: float
    ok: bool


def judge(sample: Sample, report: Report, seconds: float) -> Qualification:
    """Compare a sample's report with what it must lose; pure."""
    by_outcome = {
        outcome: tuple(c.id for c in report.criteria if c.outcome is outcome) for outcome in Outcome
    }
    lost = by_outcome[Outcome.FAILED]
    undecided = by_outcome[Outcome.ERRORED]
    return Qualification(
        project=report.project.slug,
        sample=sample.name,
        about=sample.about,
        expected=sample.lost,
        lost=lost,
        blocked=by_outcome[Outcome.BLOCKED],
        undecided=undecided,
        problem=report.problem.title if report.problem else "",
        messages=tuple(
            f"{c.id}: {c.message}"
            for c in report.criteria
            if c.outcome in (Outcome.FAILED, Outcome.ERRORED)
        ),
        score=report.score.earned,
        seconds=round(seconds, 1),
        ok=set(lost) == set(sample.lost) and not undecided,
    )


async def qualify_project(
    project: Project,
    samples: Sequence[Sample],
    bench: Workbench,
    jobs: int,
    done: Callable[[Qualification], None],
    seed: int = SEED,
) -> list[Qualification]:
    """Grade every sample of a project.

    Args:
        project: The project.
        samples: Its samples.
        bench: What to grade with.
        jobs: How many to grade at a time.
        done: Told of each as it ends.
        seed: Of the data that are sent.

    Returns:
        One result for each sample, in their order.
    """
    places = asyncio.Semaphore(jobs)

    async def one(sample: Sample) -> Qualification:
        async with places:
            result = await _grade(sample, project, bench, seed)
        done(result)
        return result

    return list(await asyncio.gather(*(one(sample) for sample in samples)))


async def _grade(sample: Sample, project: Project, bench: Workbench, seed: int) -> Qualification:
    loop = asyncio.get_running_loop()
    started = loop.time()
    with tempfile.TemporaryDirectory(prefix="grader-sample-") as folder:
        materialise(sample, Path(folder))
        submission = Submission(
            id=f"sample-{project.slug}-{sample.name}".replace("_", "-"),
            source=folder,
            project=project.slug,
            seed=seed,
            owner=sample_owner(project.slug, sample),
        )
        report = await grade_submission(submission, project, bench, lambda _: None)
    return judge(sample, report, loop.time() - started)


def sample_owner(slug: str, sample: Sample) -> str:
    """Samples made of one app share their layers."""
    return f"sample:{slug}:{sample.base.name if sample.base else sample.name}"
