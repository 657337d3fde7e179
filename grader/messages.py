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
    "engine.failed": Message(
        Verdict.GRADER_ERROR,
        "the container engine was asked to {asked}, and failed: {cause}",
        "run `grader doctor`; the engine's own log says more",
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
    "catalog.no_specs": Message(
        Verdict.GRADER_ERROR,
        "there is no folder of specs at {folder}",
        "run from the repository of the grader, or point GRADER_SPECS_DIR at its specs folder",
    ),
    "catalog.unknown_project": Message(
        Verdict.REJECTED,
        "the catalogue has no project `{slug}`",
        "{advice}",
    ),
    "catalog.file_missing": Message(
        Verdict.GRADER_ERROR,
        "{file} is missing",
        "write it; docs/authors.md shows what goes into it",
    ),
    "catalog.not_utf8": Message(
        Verdict.GRADER_ERROR,
        "{file} is not UTF-8 text: byte {at} does not fit",
        "save the file as UTF-8",
    ),
    "catalog.not_toml": Message(
        Verdict.GRADER_ERROR,
        "{file} is not valid TOML: {cause}",
        "mend the line it names; strings need quotes, tables a header in brackets",
    ),
    "catalog.not_yaml": Message(
        Verdict.GRADER_ERROR,
        "{file} is not valid YAML: {cause}",
        "mend the line it names; a text with a colon in it needs quotes",
    ),
    "catalog.not_openapi": Message(
        Verdict.GRADER_ERROR,
        "{file} describes no operation",
        "write an OpenAPI document, an object with `paths` that are not empty",
    ),
    "catalog.unknown_key": Message(
        Verdict.GRADER_ERROR,
        "{file} has a key that means nothing here: {key}",
        "{advice}",
    ),
    "catalog.invalid": Message(
        Verdict.GRADER_ERROR,
        "{file} does not fit: {problem}",
        "mend what is named; docs/authors.md lists every key",
    ),
    "catalog.slug_differs": Message(
        Verdict.GRADER_ERROR,
        "{file} says slug `{slug}`, but its folder is called `{name}`",
        "spell both the same",
    ),
    "samples.none": Message(
        Verdict.GRADER_ERROR,
        "{folder} holds no sample",
        "add at least `reference`: the app and an expected.toml with `about` and `lost = []`",
    ),
    "samples.unknown_base": Message(
        Verdict.GRADER_ERROR,
        "{file} is based on `{base}`, which is no sample",
        "{advice}",
    ),
    "samples.base_is_based": Message(
        Verdict.GRADER_ERROR,
        "{file} is based on `{base}`, which is itself based on another sample",
        "base both on the sample that holds the app",
    ),
    "samples.edit_of_no_file": Message(
        Verdict.GRADER_ERROR,
        "edit {number} of {file} changes {name}, which the app does not have",
        "{advice}",
    ),
    "samples.edit_not_once": Message(
        Verdict.GRADER_ERROR,
        "what edit {number} of {file} replaces is in {name} {times}, it must be there once",
        "copy the text from the file again, with enough of it to be the only place",
    ),
    "samples.unknown_criterion": Message(
        Verdict.GRADER_ERROR,
        "{file} loses `{criterion}`, which the rubric does not have",
        "{advice}",
    ),
    "samples.blocked_criterion": Message(
        Verdict.GRADER_ERROR,
        "{file} loses `{criterion}`, but that is blocked once `{blocker}` is lost",
        "name the causes only: leave `{criterion}` out",
    ),
    "samples.unproven_criterion": Message(
        Verdict.GRADER_ERROR,
        "no sample loses `{criterion}`, so nothing proves that its checks can fail",
        "add a sample with exactly that defect",
    ),
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
