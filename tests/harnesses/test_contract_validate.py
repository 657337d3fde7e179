"""Mistakes in an author's openapi.yaml, each with the words for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.catalog import load_all
from grader.domain.project import Project
from harnesses.kit.contract.validate import mistakes
from tests.support.notes_api import OPENAPI, project

SPECS = Path(__file__).parents[2] / "specs"


def test_the_documents_of_the_catalogue_can_be_used() -> None:
    found = {slug: mistakes(subject) for slug, subject in load_all(SPECS).items()}
    assert {slug: texts for slug, texts in found.items() if texts} == {}


def test_a_document_without_mistakes() -> None:
    assert mistakes(project()) == []


MISTAKES = {
    "no YAML": (OPENAPI, "a: [", "this is no YAML"),
    "no mapping": (OPENAPI, "[]", "a mapping with `openapi:`"),
    "another version": ("openapi: 3.1.0", "openapi: 2.0.0", "openapi: 2.0.0; 3.0 and 3.1"),
    "a remote reference": (
        '"#/components/schemas/NewNote"',
        "http://example.com/n.json",
        "nothing is ever fetched",
    ),
    "a reference that leads nowhere": (
        '"#/components/schemas/Note"}}}',
        '"#/components/schemas/Nota"}}}',
        "#/components/schemas/Nota leads nowhere; did you mean 'Note'?",
    ),
    "not OpenAPI": ("{description: Gone}", "{descriptions: Gone}", "/paths"),
    "a link to no operation": (
        "{operationId: read,",
        "{operationId: reed,",
        "201, link 'read' leads to 'reed', which is no operation; did you mean 'read'?",
    ),
    "a link parameter that nobody has": (
        "read, parameters: {noteId: $response.body#/id}",
        "read, parameters: {nodeId: $response.body#/id}",
        "GET /notes/{noteId} has no parameter 'nodeId'; did you mean 'noteId'?",
    ),
    "a link to a field that is not answered": (
        "read, parameters: {noteId: $response.body#/id}",
        "read, parameters: {noteId: $response.body#/ids}",
        "the answer 201 has no property 'ids'; did you mean 'id'?",
    ),
    "no runtime expression": (
        "read, parameters: {noteId: $response.body#/id}",
        "read, parameters: {noteId: $response.bodi}",
        "'$response.bodi' is no runtime expression",
    ),
    "a path parameter from nowhere": (
        "            remove: {operationId: remove, parameters: {noteId: $response.body#/id}}\n",
        "",
        "DELETE /notes/{noteId}: no link says where noteId comes from",
    ),
    "no example to make things with": (
        "          example: {text: Buy milk}\n",
        "",
        "POST /notes: give its request body an example",
    ),
    "an example that breaks its schema": (
        "example: {text: Buy milk}",
        "example: {text: 7}",
        "POST /notes: its example breaks its own schema at /text",
    ),
    "no success": (
        '"204": {description: Gone}',
        '"302": {description: Gone}',
        "DELETE /notes/{noteId}: no answer with success (2xx)",
    ),
    "no 404": (
        '"204": {description: Gone}\n        "404": {$ref: "#/components/responses/Refused"}',
        '"204": {description: Gone}',
        "DELETE /notes/{noteId}: document 404",
    ),
    "no refusal": (
        '        "400": {$ref: "#/components/responses/Refused"}\n    get:',
        "    get:",
        "POST /notes: document 400",
    ),
    "left open what is not there": (
        "x-grader-open: [maxLength, minLength]",
        "x-grader-open: [maxlength]",
        "there is no 'maxlength' beside it; did you mean 'maxLength'?",
    ),
    "left open without a list": (
        "x-grader-open: [maxLength, minLength]",
        "x-grader-open: maxLength",
        "this is a list of keywords",
    ),
    "a property like an envelope": (
        "        text: {type: string}\n        createdAt",
        "        text: {type: string}\n        note: {type: object}\n        createdAt",
        "the property 'note' cannot be told from an envelope",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name: str) -> None:
    before, after, words = MISTAKES[name]
    assert before in OPENAPI
    found = mistakes(project(OPENAPI.replace(before, after, 1)))
    assert any(words in text for text in found), found


def test_a_check_that_schemathesis_does_not_have() -> None:
    data = project().model_dump()
    data["contract"]["criteria"]["contract.errors"] = ("not_a_server_eror",)
    data["contract"]["criteria"]["contract.life"] = ()
    found = mistakes(Project.model_validate(data))
    assert found == [
        "contract.criteria.contract.errors: Schemathesis has no check 'not_a_server_eror';"
        " did you mean 'not_a_server_error'?",
        "contract.criteria.contract.life names no check",
    ]
