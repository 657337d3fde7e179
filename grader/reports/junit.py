"""``report.junit.xml``: for tools that show test results.

One test suite for each kind of harness, one test case for each check; one suite more says why an
app was not graded to its end. What was blocked, or could not be decided, is skipped: a pipeline
must not fail because of us, but it must where the app does not build or start. The score stands in
the first suite only, for tools that add numbers up. Texts hold nothing that XML cannot carry once
:func:`grader.reports.safe.safe` has seen them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from grader.domain.checks import CheckResult
from grader.domain.evidence import CommandRun, Finding, HttpExchange
from grader.domain.report import Report
from grader.domain.scoring import CriterionResult, Ending
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from grader.reports import words
from grader.reports.calls import command_line
from grader.reports.safe import safe
from grader.reports.steps import Step, steps_of

SHOWN_FINDINGS = 10
PROBLEM_CASE = "The app builds, starts and keeps running"


def render_junit(report: Report) -> str:
    """The report as JUnit XML."""
    report = safe(report)
    root = ElementTree.Element("testsuites", name=report.project.title)
    suites = [_suite(report, kind) for kind in HarnessKind if _of(report, kind)]
    if report.problem and report.problem.fault is Fault.LEARNER:
        suites.insert(0, _problem_suite(report, report.problem))
    if suites:
        suites[0].insert(0, _properties(_score_of(report)))
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
    criteria = _of(report, kind)
    # Contract and load criteria come of one run together, so that each one's time is all of it.
    alone = kind is HarnessKind.FUNCTIONAL
    cases = [_case(one, check, timed=alone) for one in criteria for check in checks_of(one)]
    checked = sum(check.seconds for one in criteria for check in one.checks) if alone else 0.0
    ran = sum(run.seconds for run in report.runs if run.kind is kind)
    return _suite_of(report, str(kind), cases, max(ran, checked))


def _problem_suite(report: Report, problem: Ending) -> ElementTree.Element:
    """Why the learner's app was not graded to its end, as an error of a suite of its own."""
    case = ElementTree.Element(
        "testcase", classname="submission", name=PROBLEM_CASE, time=_seconds(0)
    )
    error = ElementTree.SubElement(case, "error", message=problem.title)
    error.set("type", problem.code)
    error.text = told(problem)
    return _suite_of(report, "submission", [case], 0.0)


def told(problem: Ending) -> str:
    """What a person reads of an app that was not graded to its end."""
    hint = f"hint: {problem.hint}" if problem.hint else ""
    return "\n".join(part for part in (problem.title, hint, problem.log) if part)


def _suite_of(
    report: Report, name: str, cases: list[ElementTree.Element], seconds: float
) -> ElementTree.Element:
    suite = ElementTree.Element(
        "testsuite",
        name=f"{report.project.slug}.{name}",
        tests=str(len(cases)),
        failures=str(_count(cases, "failure")),
        errors=str(_count(cases, "error")),
        skipped=str(_count(cases, "skipped")),
        time=_seconds(seconds),
        timestamp=report.created_at.isoformat(timespec="seconds"),
    )
    suite.extend(cases)
    return suite


def _score_of(report: Report) -> dict[str, str]:
    return {
        "score.earned": words.number(report.score.earned),
        "score.undecided": words.number(report.score.undecided),
        "score.possible": str(report.score.possible),
        "verdict": str(report.verdict),
        "seed": str(report.seed),
    }


def _properties(values: Mapping[str, str]) -> ElementTree.Element:
    properties = ElementTree.Element("properties")
    for name, value in values.items():
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


def _case(criterion: CriterionResult, check: CheckResult, *, timed: bool) -> ElementTree.Element:
    name = check.title if check.title == criterion.title else f"{criterion.title}: {check.title}"
    case = ElementTree.Element(
        "testcase",
        classname=criterion.id,
        name=name,
        time=_seconds(check.seconds if timed else 0.0),
    )
    earned = check.points if check.outcome is Outcome.PASSED else 0
    case.append(_properties({"points.earned": str(earned), "points.possible": str(check.points)}))
    if check.outcome is Outcome.FAILED:
        failure = ElementTree.SubElement(case, "failure", message=check.message)
        failure.set("type", "lost")
        failure.text = explanation(check)
    elif check.outcome is not Outcome.PASSED:
        said = check.message
        ours = check.outcome is Outcome.ERRORED and check.fault is not Fault.LEARNER
        if ours and words.OUR_FAULT not in said:
            said = f"{said} ({words.OUR_FAULT})"
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
    shown = [part for part in check.evidence if isinstance(part, HttpExchange | CommandRun)]
    if steps := steps_of(shown):
        lines += [f"step {step.number}: {_step(step)}" for step in steps]
    elif shown:
        lines.append(f"see it: {command_line(shown[0])}")
    findings = [part for part in check.evidence if isinstance(part, Finding)]
    for finding in findings[:SHOWN_FINDINGS]:
        lines += _finding(finding)
    if len(findings) > SHOWN_FINDINGS:
        lines.append(f"… and {len(findings) - SHOWN_FINDINGS} more in report.json")
    return "\n".join(lines)


def _step(step: Step) -> str:
    return command_line(step.interaction) if step.interaction else step.done


def _finding(finding: Finding) -> list[str]:
    times = f" ({finding.occurrences} times)" if finding.occurrences > 1 else ""
    lines = [f"{words.found(finding)}{times}"]
    if finding.detail:
        lines += [f"  {line}" for line in finding.detail.splitlines()]
    if finding.exchange:
        lines.append(f"  see it: {finding.exchange.curl}")
    return lines


def _count(cases: Sequence[ElementTree.Element], tag: str) -> int:
    return sum(1 for case in cases if case.find(tag) is not None)


def _seconds(value: float) -> str:
    return f"{value:.3f}"
