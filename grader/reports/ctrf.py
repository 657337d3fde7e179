"""``report.ctrf.json``: the Common Test Report Format, for tools that read it.

A test is a check; its suite is the kind of harness and the criterion it speaks for. An app that was
not graded to its end has one test more, which failed and says why.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import Any

from grader.domain.checks import CheckResult
from grader.domain.report import Report
from grader.domain.scoring import CriterionResult, Ending
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from grader.reports.junit import PROBLEM_CASE, checks_of, explanation, told
from grader.reports.safe import safe

SPEC_VERSION = "1.0.0"
STATUSES = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.BLOCKED: "skipped",
    Outcome.ERRORED: "other",
}
NAMESPACE = uuid.UUID("6f5c5ba3-5f43-5f0e-9d3e-3a0c1f1d2b77")


def render_ctrf(report: Report) -> str:
    """The report as a CTRF document."""
    report = safe(report)
    tests = [
        _test(report, criterion, check)
        for criterion in report.criteria
        for check in checks_of(criterion)
    ]
    if report.problem and report.problem.fault is Fault.LEARNER:
        tests.insert(0, _problem(report, report.problem))
    document = {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "reportId": str(uuid.uuid5(NAMESPACE, report.id)),
        "timestamp": report.created_at.isoformat(),
        "generatedBy": f"grader {report.grader_version}",
        "results": {
            "tool": {"name": "grader", "version": report.grader_version},
            "summary": _summary(report, tests),
            "tests": tests,
        },
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _summary(report: Report, tests: list[dict[str, Any]]) -> dict[str, Any]:
    counted = Counter(test["status"] for test in tests)
    start = int(report.created_at.timestamp() * 1000)
    took = max((phase.start_s + phase.seconds for phase in report.phases), default=0)
    return {
        "tests": len(tests),
        **{name: counted[name] for name in ("passed", "failed", "skipped", "pending", "other")},
        "suites": len({tuple(test["suite"]) for test in tests}),
        "start": start,
        "stop": start + int(took * 1000),
        "duration": int(took * 1000),
        "extra": {"verdict": report.verdict, "score": report.score.model_dump(mode="json")},
    }


def _problem(report: Report, problem: Ending) -> dict[str, Any]:
    """Why the learner's app was not graded to its end."""
    return {
        "id": str(uuid.uuid5(NAMESPACE, f"{report.project.slug}/submission")),
        "name": PROBLEM_CASE,
        "status": "failed",
        "rawStatus": problem.code,
        "duration": 0,
        "suite": ["submission"],
        "message": problem.title,
        "trace": told(problem),
    }


def _test(report: Report, criterion: CriterionResult, check: CheckResult) -> dict[str, Any]:
    functional = criterion.harness is HarnessKind.FUNCTIONAL
    test: dict[str, Any] = {
        "id": str(uuid.uuid5(NAMESPACE, f"{report.project.slug}/{check.id}")),
        "name": check.title or check.id,
        "status": STATUSES[check.outcome],
        "rawStatus": check.outcome,
        # Contract and load criteria come of one run together: each one's time is all of it.
        "duration": round(check.seconds * 1000) if functional else 0,
        "suite": [criterion.harness, criterion.title],
        "extra": {"criterion": criterion.id, "points": check.points},
    }
    if check.message:
        test["message"] = check.message
    if check.outcome is Outcome.FAILED:
        test["trace"] = explanation(check)
    return test
