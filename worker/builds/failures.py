"""Says why a build failed, in words that a learner can act on."""

from __future__ import annotations

import re

from grader.domain.evidence import LogTail
from grader.domain.report import Note
from grader.domain.text import tail
from grader.errors import GraderError, PlatformError, SubmissionError
from grader.settings import Settings
from worker.builds.hints import clean, hint, lacks
from worker.builds.plan import BuildPlan, ResolvedBase, note
from worker.sandbox.image_build import BuildEnd, BuildError

TAIL_LINES = 40
TAIL_CHARS = 8000
LINE_CHARS = 500
_NOISE = re.compile(r"^(?: ---> |Removing intermediate container |Successfully (?:built|tagged) )")


# What a step of a Dockerfile of ours does.
_OUR_STEPS = {
    "RUN npm run": "the scripts of package.json (`npm run`)",
    "install.sh": "the installation of the dependencies",
    "COPY": "the copying of the files",
}

_LIMITS = {
    BuildEnd.TIMEOUT: "build.timeout",
    BuildEnd.MEMORY: "build.memory",
    BuildEnd.PIDS: "build.pids",
    BuildEnd.DISK: "build.disk",
    BuildEnd.OUTPUT: "build.output",
    BuildEnd.CANCELLED: "build.cancelled",
}


def explain(error: BuildError, plan: BuildPlan, settings: Settings) -> GraderError:
    """The error to show for a build that made no image.

    A build on an older base than was asked for may fail because of it: that is ours.
    """
    log = log_tail(error.log).text
    step = _step(error.step, plan)
    code = _LIMITS.get(error.kind)
    if code:
        return SubmissionError(
            code,
            log=log,
            step=step,
            seconds=settings.build_timeout,
            memory=settings.build_memory_mb,
            pids=settings.build_pids,
            disk=settings.image_size_mb,
            detail=clean(error.detail),
        )
    text = clean(f"{error.log}\n{error.detail}")
    ours = next((base for base in plan.bases if _is_to_blame(base, text)), None)
    if ours:
        return PlatformError(
            "build.other_base", log=log, wanted=ours.requested, used=ours.reference
        )
    return SubmissionError(
        "build.failed", log=log or clean(error.detail), step=step, advice=hint(text)
    )


def _is_to_blame(base: ResolvedBase, log: str) -> bool:
    """A build that fails for what stands in for its base, not for what is in it."""
    return base.downgraded or any(lacks(thing, log) for thing in base.lacks)


def remarks(log: str) -> list[Note]:
    """What the learner should know of a build that went well."""
    compiled = re.search(r"^(A package has no ready-made [^;\n]*)", log, re.MULTILINE)
    if not compiled:
        return []
    names = ", ".join(dict.fromkeys(re.findall(r"^ +Built ([\w.=-]+)", clean(log), re.MULTILINE)))
    return [note(f"{compiled.group(1)}, so {names or 'it'} was compiled, which takes long")]


def log_tail(log: str) -> LogTail:
    """The last lines of a build log, fit to be shown, without the builder's own chatter."""
    lines = [line.rstrip() for line in clean(log).split("\n")]
    lines = [line[:LINE_CHARS] for line in lines if line and not _NOISE.match(line)]
    kept = tail("\n".join(lines), TAIL_LINES, TAIL_CHARS)
    return LogTail(title="build log", text=kept.text, dropped_lines=kept.dropped_lines)


def _step(step: str | None, plan: BuildPlan) -> str:
    """The step in the learner's words: of ours only what it does."""
    if step is None:
        return "the beginning, before the first step"
    if plan.recipe != "dockerfile":
        words = next((words for sign, words in _OUR_STEPS.items() if sign in step), "")
        if words:
            return words
    one_line = " ".join(clean(step).split())
    return one_line if len(one_line) <= 120 else f"{one_line[:119]}…"
