"""``report.ctrf.json``: the Common Test Report Format, for tools that read it.

A test is a check; its suite is the kind of harness and the criterion it speaks for.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import Any

from grader.domain.checks import CheckResult
from grader.domain.report import Report
from grader.domain.scoring import CriterionResult
from grader.domain.verdicts import Outcome
from grader.reports.junit import checks_of, explanation
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


def _test(report: Report, criterion: CriterionResult, check: CheckResult) -> dict[str, Any]:
    test: dict[str, Any] = {
        "id": str(uuid.uuid5(NAMESPACE, f"{report.project.slug}/{check.id}")),
        "name": check.title or check.id,
        "status": STATUSES[check.outcome],
        "rawStatus": check.outcome,
        "duration": round(check.seconds * 1000),
        "suite": [criterion.harness, criterion.title],
        "extra": {"criterion": criterion.id, "points": check.points},
    }
    if check.message:
        test["message"] = check.message
    if check.outcome is Outcome.FAILED:
        test["trace"] = explanation(check)
    return test
