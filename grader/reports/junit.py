"""``report.junit.xml``: for tools that show test results.

One test suite for each kind of harness, one test case for each check. What was blocked, or could
not be decided, is skipped: a pipeline must not fail because of us. Texts hold nothing that XML
cannot carry once :func:`grader.reports.safe.safe` has seen them.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from grader.domain.checks import CheckResult
from grader.domain.evidence import HttpExchange
from grader.domain.report import Report
from grader.domain.scoring import CriterionResult
from grader.domain.verdicts import HarnessKind, Outcome
from grader.reports import words
from grader.reports.safe import safe


def render_junit(report: Report) -> str:
    """The report as JUnit XML."""
    report = safe(report)
    root = ElementTree.Element("testsuites", name=report.project.title)
    suites = [_suite(report, kind) for kind in HarnessKind if _of(report, kind)]
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", _seconds(sum(float(suite.get("time", "0")) for suite in suites)))
    root.extend(suites)
    ElementTree.indent(root)
    xml = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml + "\n"


def _of(report: Report, kind: HarnessKind) -> list[CriterionResult]:
    return [criterion for criterion in report.criteria if criterion.harness is kind]


def _suite(report: Report, kind: HarnessKind) -> ElementTree.Element:
    cases: list[ElementTree.Element] = []
    seconds = 0.0
    for criterion in _of(report, kind):
        cases += [_case(criterion, check) for check in checks_of(criterion)]
        seconds += sum(check.seconds for check in criterion.checks)
    suite = ElementTree.Element(
        "testsuite",
        name=f"{report.project.slug}.{kind}",
        tests=str(len(cases)),
        failures=str(_count(cases, "failure")),
        errors="0",
        skipped=str(_count(cases, "skipped")),
        time=_seconds(seconds),
        timestamp=report.created_at.isoformat(timespec="seconds"),
    )
    suite.append(_properties(report))
    suite.extend(cases)
    return suite


def _properties(report: Report) -> ElementTree.Element:
    properties = ElementTree.Element("properties")
    for name, value in (
        ("score.earned", words.number(report.score.earned)),
        ("score.undecided", words.number(report.score.undecided)),
        ("score.possible", str(report.score.possible)),
        ("verdict", str(report.verdict)),
        ("seed", str(report.seed)),
    ):
        ElementTree.SubElement(properties, "property", name=name, value=value)
    return properties


def checks_of(criterion: CriterionResult) -> Sequence[CheckResult]:
    """The checks of a criterion; one that stands for it, where none ran or none counts."""
    if criterion.checks and criterion.outcome is not Outcome.BLOCKED:
        return criterion.checks
    alone = CheckResult(
        id=criterion.id,
        criterion=criterion.id,
        title=criterion.title,
        points=criterion.points,
        outcome=criterion.outcome,
        fault=criterion.fault,
        message=criterion.message,
        hint=criterion.hint,
    )
    return (alone,)


def _case(criterion: CriterionResult, check: CheckResult) -> ElementTree.Element:
    name = check.title if check.title == criterion.title else f"{criterion.title}: {check.title}"
    case = ElementTree.Element(
        "testcase", classname=criterion.id, name=name, time=_seconds(check.seconds)
    )
    if check.outcome is Outcome.FAILED:
        failure = ElementTree.SubElement(case, "failure", message=check.message)
        failure.set("type", "lost")
        failure.text = explanation(check)
    elif check.outcome is not Outcome.PASSED:
        said = check.message
        if check.outcome is Outcome.ERRORED:
            said = f"{said} ({words.OUR_FAULT})" if words.OUR_FAULT not in said else said
        ElementTree.SubElement(case, "skipped", message=said)
    return case


def explanation(check: CheckResult) -> str:
    """What a person reads below a failure."""
    lines = [check.message]
    for label, value in (
        ("expected", check.expected),
        ("came back", check.actual),
        ("hint", check.hint),
    ):
        if value:
            lines.append(f"{label}: {value}")
    exchange = next((part for part in check.evidence if isinstance(part, HttpExchange)), None)
    if exchange:
        lines.append(f"see it: {exchange.curl}")
    return "\n".join(lines)


def _count(cases: Sequence[ElementTree.Element], tag: str) -> int:
    return sum(1 for case in cases if case.find(tag) is not None)


def _seconds(value: float) -> str:
    return f"{value:.3f}"
