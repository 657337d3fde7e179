"""Proof that a harness is right: its samples, graded in the real sandbox, lose what they should.

Every sample goes the whole way that a learner's submission goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

from pydantic import Field

from grader.domain.base import Frozen
from grader.domain.project import Project
from grader.domain.report import Report
from grader.domain.submission import Submission
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from harnesses.kit.samples import Sample, materialise
from worker.grade import grade_submission
from worker.workbench import Workbench
from worker.workplaces import workplace

SEED = 20_260_301
REFERENCE = "reference"
MISTAKE_LINES = 12


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
    mistakes: tuple[str, ...] = Field(
        default=(), description="What is wrong with the harness: its words, or ends of tracebacks"
    )
    score: float
    seconds: float
    ok: bool


def kinds_in_short(
    sample: Sample, project: Project, loaded: Collection[str]
) -> tuple[HarnessKind, ...]:
    """The kinds of harness that a sample is graded with in the short form.

    A flawed one is graded with the kinds that it loses criteria of, and the functional one, on
    which they build; a correct one with all but load.

    Args:
        sample: The sample.
        project: Its project.
        loaded: Correct samples that are put under load, too.
    """
    named = {project.rubric.get(criterion).harness for criterion in sample.lost}
    wanted = {HarnessKind.FUNCTIONAL, *named} if named else {*HarnessKind} - {HarnessKind.LOAD}
    if sample.name in loaded:
        wanted = {*HarnessKind}
    return tuple(kind for kind in HarnessKind if kind in wanted)


def loaded_in_short(samples: Sequence[Sample]) -> tuple[str, ...]:
    """Two correct samples: the first is what others are compared with, the second differs."""
    correct = [sample.name for sample in samples if not sample.lost]
    return tuple(sorted(correct, key=lambda name: (name != REFERENCE, name))[:2])


def judge(
    sample: Sample, report: Report, seconds: float, kinds: Collection[HarnessKind]
) -> Qualification:
    """Compare a sample's report with what it must lose; pure.

    Args:
        sample: What was graded.
        report: Its report.
        seconds: How long that took.
        kinds: The kinds of harness that ran; criteria of others are not looked at.
    """
    looked_at = [criterion for criterion in report.criteria if criterion.harness in kinds]
    by_outcome = {
        outcome: tuple(c.id for c in looked_at if c.outcome is outcome) for outcome in Outcome
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
            for c in looked_at
            if c.outcome in (Outcome.FAILED, Outcome.ERRORED)
        ),
        mistakes=_mistakes(report),
        score=report.score.earned,
        seconds=round(seconds, 1),
        ok=set(lost) == set(sample.lost) and not undecided,
    )


def _mistakes(report: Report) -> tuple[str, ...]:
    """What the author of a harness has to know and a learner does not; the same words once."""
    said = [
        f"{check.title}:\n{_end_of(check.actual)}"
        for criterion in report.criteria
        for check in criterion.checks
        if check.outcome is Outcome.ERRORED and check.fault is Fault.AUTHOR and check.actual
    ]
    if report.problem and report.problem.fault is not Fault.LEARNER and report.problem.log:
        said.append(_end_of(report.problem.log))
    return tuple(dict.fromkeys(said))


def _end_of(log: str) -> str:
    return "\n".join(log.rstrip().splitlines()[-MISTAKE_LINES:])


async def qualify_project(
    project: Project,
    samples: Sequence[Sample],
    bench: Workbench,
    jobs: int,
    done: Callable[[Qualification], None],
    seed: int = SEED,
    *,
    short: bool = False,
) -> list[Qualification]:
    """Grade every sample of a project.

    Args:
        project: The project.
        samples: Its samples.
        bench: What to grade with.
        jobs: How many to grade at a time.
        done: Told of each as it ends.
        seed: Of the data that are sent.
        short: See :func:`kinds_in_short`.

    Returns:
        One result for each sample, in their order.
    """
    places = asyncio.Semaphore(jobs)
    loaded = loaded_in_short(samples)

    async def one(sample: Sample) -> Qualification:
        async with places:
            kinds = kinds_in_short(sample, project, loaded) if short else tuple(HarnessKind)
            result = await _grade(sample, project, bench, seed, kinds)
        done(result)
        return result

    return list(await asyncio.gather(*(one(sample) for sample in samples)))


async def _grade(
    sample: Sample, project: Project, bench: Workbench, seed: int, kinds: Collection[HarnessKind]
) -> Qualification:
    loop = asyncio.get_running_loop()
    started = loop.time()
    with workplace() as folder:
        materialise(sample, folder)
        submission = Submission(
            id=f"sample-{project.slug}-{sample.name}".replace("_", "-"),
            source=str(folder),
            project=project.slug,
            seed=seed,
            owner=sample_owner(project.slug, sample),
        )
        report = await grade_submission(submission, project, bench, lambda _: None, kinds)
    return judge(sample, report, loop.time() - started, kinds)


def sample_owner(slug: str, sample: Sample) -> str:
    """Samples made of one app share their layers."""
    return f"sample:{slug}:{sample.base.name if sample.base else sample.name}"
