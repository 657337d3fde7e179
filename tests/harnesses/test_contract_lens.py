"""What an app may answer in other words, and how failures become findings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.domain.checks import CheckResult
from grader.domain.events import MAX_LINE_BYTES, CheckFinished
from grader.domain.evidence import HttpExchange
from grader.domain.project import Dialect
from grader.domain.verdicts import Fault, Outcome
from harnesses.kit.contract.document import Document
from harnesses.kit.contract.findings import Failure, Findings
from harnesses.kit.contract.lens import Lens, View
from harnesses.kit.dialect import Reading
from tests.support.notes_api import OPENAPI

JSON = {"content-type": "application/json; charset=utf-8"}
NOTE = {"id": 1, "text": "a", "createdAt": "2026-01-02T03:04:05Z"}


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def lens(told: list[str]) -> Lens:
    dialect = Dialect(aliases={"text": ("body",), "id": ("_id",)})
    return Lens(Document.parse(OPENAPI), Reading(dialect, told.append))


def see(lens: Lens, label: str, status: int, body: object = None) -> View:
    operation = Document.parse(OPENAPI).operations[label]
    raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b""
    return lens.view(operation, status, JSON, raw)


@pytest.mark.parametrize(
    ("label", "status", "read_as"),
    [
        ("POST /notes", 201, 201),
        ("POST /notes", 200, 201),
        ("POST /notes", 202, 202),
        ("POST /notes", 422, 400),
        ("POST /notes", 415, 400),
        ("POST /notes", 409, 400),
        ("POST /notes", 404, 404),
        ("POST /notes", 500, 500),
        ("DELETE /notes/{noteId}", 200, 204),
        ("DELETE /notes/{noteId}", 202, 204),
        ("DELETE /notes/{noteId}", 400, 404),
        ("DELETE /notes/{noteId}", 422, 404),
        ("GET /notes/{noteId}", 201, 201),
        ("GET /notes/{noteId}", 422, 404),
        ("PUT /notes/{noteId}", 422, 400),
        ("PUT /notes/{noteId}", 204, 204),
        ("GET /notes", 422, 422),
    ],
)
def test_statuses(lens: Lens, label: str, status: int, read_as: int) -> None:
    assert see(lens, label, status).status == read_as


@pytest.mark.parametrize(
    ("body", "read_as"),
    [
        (NOTE, NOTE),
        ({"data": NOTE}, NOTE),
        ({"data": [NOTE]}, NOTE),
        ({"message": "made", "data": {"_id": 1, "body": "a", "created_at": "x"}}, None),
        ({**NOTE, "createdAt": "2026-01-02 03:04:05"}, NOTE),
        ({**NOTE, "createdAt": "2026-01-02T03:04:05"}, NOTE),
        ({"wrapped": NOTE}, {"wrapped": NOTE}),
        ({**NOTE, "extra": 1}, {**NOTE, "extra": 1}),
    ],
)
def test_resources(lens: Lens, body: Any, read_as: Any) -> None:
    expected = read_as or {"id": 1, "text": "a", "createdAt": "x"}
    assert json.loads(see(lens, "POST /notes", 201, body).body) == expected


def test_lists(lens: Lens) -> None:
    short = {"items": [{"_id": 1, "body": "a", "created_at": "x"}]}
    seen = json.loads(see(lens, "GET /notes", 200, short).body)
    assert seen == [{"id": 1, "text": "a", "createdAt": "x"}]
    long = json.loads(see(lens, "GET /notes", 200, [{"id": n} for n in range(1000)]).body)
    assert [item["id"] for item in long] == [*range(30), *range(970, 1000)]


def test_errors_are_left_alone(lens: Lens, told: list[str]) -> None:
    body = {"data": {"created_at": "no"}}
    assert json.loads(see(lens, "POST /notes", 400, body).body) == body
    assert told == []


@pytest.mark.parametrize(
    "body", [b"{", b'"\xff"', b'{"a": NaN}', b"[" * 200 + b"]" * 200, b"[" * 90_000]
)
def test_what_cannot_be_read_reaches_nobody_else(lens: Lens, body: bytes) -> None:
    seen = see(lens, "POST /notes", 201, body)
    assert seen.oddity.startswith("The body is")
    assert seen.body == b""


def exchange(size: int) -> HttpExchange:
    wide = "\U0001f600" * size
    headers = {f"X-{n}": wide[:300] for n in range(40)}
    return HttpExchange(
        method="POST",
        url="http://localhost/" + "a" * size,
        request_headers=headers,
        request_body=wide,
        curl=f"curl -d '{wide}'",
        status=500,
        response_headers=headers,
        response_body=wide,
    )


def test_the_smallest_exchange_stands_for_its_group() -> None:
    findings = Findings()
    for size in (50, 3, 90):
        failure = Failure("check", "GET /", "kind", f"title {size}")
        findings.add(failure, exchange(size))
    (group,) = findings.of(("check",), [])
    found = group.finding()
    assert (found.title, found.occurrences) == ("title 3", 3)
    assert findings.of(("another",), []) == []


def test_ten_findings_fit_into_an_event() -> None:
    findings = Findings()
    for number in range(10):
        wide = "\U0001f600" * 5000
        findings.add(Failure("check", f"GET /{number}", "kind", wide, wide, wide), exchange(4000))
    result = CheckResult(
        id="a",
        criterion="b.c",
        title="d",
        points=1,
        outcome=Outcome.FAILED,
        fault=Fault.LEARNER,
        evidence=tuple(group.finding() for group in findings.of(("check",), [])),
    )
    assert len(result.evidence) == 10
    assert len(CheckFinished(result=result).model_dump_json().encode()) < MAX_LINE_BYTES
