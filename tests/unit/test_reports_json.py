"""``report.json``: strict, and what its schema says."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from grader.domain.report import Report, json_schema
from grader.reports import render_json
from grader.reports.safe import safe
from tests.support import reports

SCHEMA = json_schema()


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.parametrize("name", reports.EVERY)
def test_every_report_fits_the_schema(name: str) -> None:
    document = json.loads(render_json(reports.EVERY[name]()), parse_constant=_refuse)
    Draft202012Validator(SCHEMA).validate(document)


@pytest.mark.parametrize("name", reports.EVERY)
def test_it_can_be_read_back(name: str) -> None:
    report = reports.EVERY[name]()
    text = render_json(report)
    text.encode("utf-8")
    assert Report.model_validate_json(text) == safe(report)
    assert render_json(safe(report)) == text


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_what_is_not_finite_is_no_number() -> None:
    report = reports.middling()
    broken = report.model_copy(
        update={"phases": (report.phases[0].model_copy(update={"seconds": float("inf")}),)}
    )
    assert json.loads(render_json(broken), parse_constant=_refuse)["phases"][0]["seconds"] == 0


def test_hostile_text_keeps_a_report_small() -> None:
    assert len(render_json(reports.hostile())) < 4_000_000


def test_points_add_up() -> None:
    for make in reports.EVERY.values():
        report = make()
        for criterion in report.criteria:
            assert criterion.earned + criterion.lost + criterion.undecided == criterion.points
        assert sum(c.earned for c in report.criteria) == report.score.earned
