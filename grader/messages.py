"""Every message that a person can be shown when something ends badly, in one table.

A row holds how the submission ended, what happened and one thing to try. ``title`` and ``hint``
are ``str.format`` templates. No blame, no traceback of ours. ``tests/unit/test_messages.py``
visits every row.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Message:
    """The words of one error."""

    verdict: Verdict
    title: str
    hint: str


CATALOGUE: dict[str, Message] = {
    # -- platform ---------------------------------------------------------------------------------
    "engine.unreachable": Message(
        Verdict.GRADER_ERROR,
        "no container engine answers at {address}: {cause}",
        "run `grader doctor`, it says what is missing and how to get it",
    ),
    # -- sources ----------------------------------------------------------------------------------
    # -- builds -----------------------------------------------------------------------------------
    # -- start ------------------------------------------------------------------------------------
    # -- harness ----------------------------------------------------------------------------------
    "harness.timeout": Message(
        Verdict.GRADER_ERROR,
        "the {kind} checks did not end within {seconds:g} s; what they had found so far counts",
        "have it graded again; if it happens twice, tell the operator",
    ),
    "harness.died": Message(
        Verdict.GRADER_ERROR,
        "the {kind} checks ended without a word; that is our fault, not yours",
        "have it graded again; if it happens twice, tell the operator",
    ),
    "harness.broken": Message(
        Verdict.GRADER_ERROR,
        "the {kind} harness of this project has a mistake; that is our fault, not yours",
        "tell the operator: the log below is for the harness's author",
    ),
    "grade.internal": Message(
        Verdict.GRADER_ERROR,
        "grading ended early because of a mistake of ours",
        "have it graded again; if it happens twice, tell the operator what the log says",
    ),
    # -- catalogue and usage ----------------------------------------------------------------------
    "usage.format": Message(
        Verdict.REJECTED,
        "there is no report format called {wanted!r}",
        "use some of {known}",
    ),
    "usage.project_missing": Message(
        Verdict.REJECTED,
        "it is not clear which project this is",
        "say it with --project, or put `project = \"…\"` into grader.toml; there are: {known}",
    ),
    "usage.project_unknown": Message(
        Verdict.REJECTED,
        "there is no project called {wanted!r}",
        "{meant}there are: {known}",
    ),
}
