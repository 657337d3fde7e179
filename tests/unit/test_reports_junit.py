"""``report.junit.xml`` parses, whatever the text, and never fails a pipeline because of us."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

from grader.domain.verdicts import Fault, HarnessKind, Outcome
from grader.reports import render_junit
from tests.support import reports


@pytest.mark.parametrize("name", reports.EVERY)
def test_every_report_parses(name: str) -> None:
    report = reports.EVERY[name]()
    root = ElementTree.fromstring(render_junit(report).encode("utf-8"))
    cases = root.findall(".//testcase")
    assert root.get("tests") == str(len(cases))
    assert root.get("failures") == str(len(root.findall(".//failure")))
    assert root.get("skipped") == str(len(root.findall(".//skipped")))
    stopped = report.problem is not None and report.problem.fault is Fault.LEARNER
    assert root.get("errors") == str(len(root.findall(".//error"))) == str(int(stopped))
    assert len(root) == len(HarnessKind) + stopped
    assert len(root.findall(".//property[@name='score.earned']")) == 1


def test_all_code_points_parse() -> None:
    for start in range(0, sys.maxunicode + 1, 4096):
        every = "".join(map(chr, range(start, start + 4096)))
        failed = reports.check("posts.create", Outcome.FAILED, message=every, expected=every)
        report = reports.report_of([failed])
        ElementTree.fromstring(render_junit(report).encode("utf-8"))


def test_only_what_was_lost_fails() -> None:
    root = ElementTree.fromstring(render_junit(reports.middling()))
    failures = [
        case.get("classname") for case in root.iter("testcase") if case.find("failure") is not None
    ]
    assert failures == [
        "posts.update",
        "posts.validation",
        "contract.no_server_errors",
        "load.latency",
    ]
    assert root.get("errors") == "0"


def test_nothing_fails_when_we_did() -> None:
    root = ElementTree.fromstring(render_junit(reports.platform_error()))
    assert root.get("failures") == "0"
    assert all("not yours" in str(skip.get("message")) for skip in root.iter("skipped"))


def test_a_failure_says_what_to_do() -> None:
    root = ElementTree.fromstring(render_junit(reports.middling()))
    failure = root.find(".//failure")
    assert failure is not None
    assert str(failure.text).splitlines()[:4] == [
        "PUT /api/v1/posts/7 answered 500",
        "expected: status 200",
        "came back: status 500",
        "hint: PUT /posts/{id} stores the new fields; read the post back to see whether it did.",
    ]


def test_what_was_blocked_is_skipped_even_where_its_checks_ran() -> None:
    report = reports.middling()
    criteria = tuple(
        criterion.model_copy(update={"outcome": Outcome.BLOCKED, "blocked_by": ("posts.create",)})
        for criterion in report.criteria
    )
    root = ElementTree.fromstring(render_junit(report.model_copy(update={"criteria": criteria})))
    assert root.get("failures") == "0"
    assert root.get("skipped") == root.get("tests") == str(len(criteria))


def test_an_app_that_does_not_build_is_red() -> None:
    report = reports.build_failed()
    assert report.problem is not None
    root = ElementTree.fromstring(render_junit(report))
    error = root.find(".//error")
    assert error is not None
    assert error.get("message") == report.problem.title
    assert error.get("type") == report.problem.code
    assert report.problem.hint in str(error.text)
    assert "flask-limitr" in str(error.text)


def test_findings_are_told_with_their_requests() -> None:
    root = ElementTree.fromstring(render_junit(reports.only_contract()))
    failure = root.find(".//failure")
    assert failure is not None
    lines = str(failure.text).splitlines()
    assert "PUT /posts/{id}: Server error (14 times)" in lines
    assert "  The app answered 500 for null." in lines
    assert sum(line.startswith("  see it: curl ") for line in lines) == 2


def test_points_stand_at_their_cases() -> None:
    report = reports.middling()
    root = ElementTree.fromstring(render_junit(report))
    worth = {
        name: sum(int(str(p.get("value"))) for p in root.findall(f".//property[@name='{name}']"))
        for name in ("points.earned", "points.possible")
    }
    assert worth == {
        "points.earned": report.score.earned,
        "points.possible": report.score.possible,
    }


def test_the_time_of_a_run_counts_once() -> None:
    report = reports.middling()
    root = ElementTree.fromstring(render_junit(report))
    for run in report.runs:
        suite = root.find(f"testsuite[@name='{report.project.slug}.{run.kind}']")
        assert suite is not None
        assert float(str(suite.get("time"))) == pytest.approx(run.seconds, abs=0.001)
        if run.kind is not HarnessKind.FUNCTIONAL:
            assert {case.get("time") for case in suite.iter("testcase")} == {"0.000"}
