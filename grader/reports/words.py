"""The words that all formats share for verdicts, outcomes, harnesses and numbers."""

from __future__ import annotations

from grader.domain.evidence import Finding
from grader.domain.scoring import Score
from grader.domain.verdicts import HarnessKind, Outcome, Verdict

VERDICTS: dict[Verdict, str] = {
    Verdict.GRADED: "Graded",
    Verdict.REJECTED: "This could not be graded as it is",
    Verdict.FETCH_FAILED: "It could not be reached",
    Verdict.BUILD_FAILED: "The app could not be built",
    Verdict.BUILD_TIMEOUT: "The build took too long",
    Verdict.LIMIT_EXCEEDED: "The app went over a limit",
    Verdict.START_FAILED: "The app did not start",
    Verdict.NEVER_READY: "The app never answered",
    Verdict.CRASHED: "The app stopped while it was being checked",
    Verdict.CANCELLED: "Grading was cancelled",
    Verdict.GRADER_ERROR: "We could not finish grading",
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.PASSED: "Passed",
    Outcome.FAILED: "Lost",
    Outcome.BLOCKED: "Not checked",
    Outcome.ERRORED: "Undecided",
}
PARTLY = "Partly lost"

SIGNS: dict[Outcome, str] = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.BLOCKED: "–",
    Outcome.ERRORED: "?",
}

HARNESSES: dict[HarnessKind, str] = {
    HarnessKind.FUNCTIONAL: "What the app does",
    HarnessKind.CONTRACT: "Keeping to the API contract",
    HarnessKind.LOAD: "Under load",
}
HARNESS_INTROS: dict[HarnessKind, str] = {
    HarnessKind.FUNCTIONAL: "What the brief describes, one behaviour at a time.",
    HarnessKind.CONTRACT: "Many generated requests, compared with the OpenAPI document.",
    HarnessKind.LOAD: "Several users at once, beside a reference app on the same machine.",
}

OUR_FAULT = "that is our fault, not yours"


def number(value: float) -> str:
    """A number as people write it: ``3``, ``2.5``."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def points(value: float) -> str:
    """``1 point``, ``2.5 points``."""
    return counted(value, "point")


def counted(value: float, noun: str) -> str:
    """A number and its noun, which takes an s unless it is one."""
    return f"{number(value)} {noun}" if value == 1 else f"{number(value)} {noun}s"


def seconds(value: float) -> str:
    """A duration: ``20 ms``, ``0.34 s``, ``12.1 s``, ``2 min 5 s``."""
    if value >= 60:
        return f"{int(value) // 60} min {int(value) % 60} s"
    if value < 0.1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value >= 1 else f"{value:.2f} s"


def milliseconds(value: float) -> str:
    """A response time: ``0.8 ms``, ``12 ms``, ``1.42 s``."""
    if value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def rate(value: float) -> str:
    """Requests a second: ``0.4``, ``118``."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def found(finding: Finding) -> str:
    """What is broken, with the operation named once."""
    if finding.title.startswith(finding.operation):
        return finding.title
    return f"{finding.operation}: {finding.title}"


def undecided(score: Score) -> str:
    """The sentences for points that could not be decided; empty where all were."""
    ours = score.undecided - score.out_of_reach
    said = []
    if score.out_of_reach >= score.possible:
        said.append("Nothing was looked at, so no point is lost.")
    elif score.out_of_reach:
        said.append(
            f"{points(score.out_of_reach)} cannot be earned by an app at a URL, which is neither "
            "restarted nor put under load: hand in the repository for them."
        )
    if ours > 0:
        said.append(f"{points(ours)} could not be decided: {OUR_FAULT}.")
    return " ".join(said)
