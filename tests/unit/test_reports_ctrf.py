"""``report.ctrf.json`` keeps to the Common Test Report Format 1.0."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from grader.reports import render_ctrf
from tests.support import reports

COUNT = {"type": "integer", "minimum": 0}
TEXT = {"type": "string", "minLength": 1}
STATUSES = ("passed", "failed", "skipped", "pending", "other")


def closed(required: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


# Our own words for the part of the format that we write; the format allows no further field.
FORMAT = closed(
    {
        "reportFormat": {"const": "CTRF"},
        "specVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "results": closed(
            {
                "tool": closed({"name": TEXT}, {"version": {"type": "string"}}),
                "summary": closed(
                    dict.fromkeys(("tests", *STATUSES, "start", "stop"), COUNT),
                    {"suites": COUNT, "duration": COUNT, "extra": {"type": "object"}},
                ),
                "tests": {
                    "type": "array",
                    "items": closed(
                        {"name": TEXT, "status": {"enum": list(STATUSES)}, "duration": COUNT},
                        {
                            "id": {"type": "string", "format": "uuid"},
                            "rawStatus": {"type": "string"},
                            "suite": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                            "message": {"type": "string"},
                            "trace": {"type": "string"},
                            "extra": {"type": "object"},
                        },
                    ),
                },
            },
            {},
        ),
    },
    {
        "reportId": {"type": "string", "format": "uuid"},
        "timestamp": {"type": "string"},
        "generatedBy": {"type": "string"},
    },
)


@pytest.mark.parametrize("name", reports.EVERY)
def test_every_report_fits_the_format(name: str) -> None:
    document = json.loads(render_ctrf(reports.EVERY[name]()))
    Draft7Validator(FORMAT, format_checker=FormatChecker()).validate(document)
    results = document["results"]
    assert results["summary"]["tests"] == len(results["tests"])
    for status in STATUSES:
        counted = sum(1 for test in results["tests"] if test["status"] == status)
        assert results["summary"][status] == counted


def test_a_suite_is_a_criterion() -> None:
    tests = json.loads(render_ctrf(reports.middling()))["results"]["tests"]
    suites = {tuple(test["suite"]) for test in tests}
    assert ("functional", "Updates a post") in suites
    assert ("load", "Answers about as fast as a plain implementation") in suites
    assert len(suites) == len(reports.RUBRIC.criteria)


def test_what_we_could_not_decide_is_no_failure() -> None:
    tests = json.loads(render_ctrf(reports.platform_error()))["results"]["tests"]
    assert {test["status"] for test in tests} == {"other"}


def test_ids_stay_the_same_over_reports() -> None:
    first, second = (
        [test["id"] for test in json.loads(render_ctrf(make()))["results"]["tests"]]
        for make in (reports.perfect, reports.perfect)
    )
    assert first == second
    assert len(set(first)) == len(first)


def test_an_app_that_does_not_build_has_failed() -> None:
    report = reports.build_failed()
    assert report.problem is not None
    results = json.loads(render_ctrf(report))["results"]
    assert results["summary"]["failed"] == 1
    first = results["tests"][0]
    assert (first["status"], first["message"]) == ("failed", report.problem.title)
    assert report.problem.hint in first["trace"]
