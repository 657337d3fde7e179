"""What a worker keeps of a grade: promised checks, and what only staff see."""

from pathlib import Path

import pytest

from grader.catalog import load_project
from grader.domain.checks import CheckResult, PlannedCheck
from grader.domain.evidence import Finding, HttpExchange, LogTail
from grader.domain.project import Project
from grader.domain.report import Flag, HarnessRun
from grader.domain.scoring import Ending
from grader.domain.submission import Submission
from grader.domain.verdicts import Fault, HarnessKind, Outcome, Verdict
from worker.ledger import Ledger

SPECS = Path(__file__).parents[2] / "specs"
FUNCTIONAL = HarnessKind.FUNCTIONAL


@pytest.fixture
def project() -> Project:
    return load_project(SPECS, "blogging_platform_api")


@pytest.fixture
def ledger(project: Project) -> Ledger:
    submission = Submission(id="s", source=".", project=project.slug, seed=1)
    return Ledger(submission, project, "digest", lambda _: None)


def promised(project: Project) -> tuple[PlannedCheck, ...]:
    return tuple(
        PlannedCheck(id=one.id, criterion=one.id, title=one.title, points=one.points)
        for one in project.rubric.of(FUNCTIONAL)
    )


def run(ending: Ending | None = None) -> HarnessRun:
    return HarnessRun(kind=FUNCTIONAL, seconds=1, ending=ending)


def test_a_check_that_was_promised_and_never_ended_is_not_passed(
    project: Project, ledger: Ledger
) -> None:
    first, *others = promised(project)
    ledger.planned(FUNCTIONAL, (first, *others))
    ledger.result(CheckResult(**first.model_dump(), outcome=Outcome.PASSED))
    ledger.ran(run())
    report = ledger.report()
    found = {one.id: one for one in report.criteria if one.harness is FUNCTIONAL}
    assert report.score.earned == first.points
    assert {found[check.id].outcome for check in others} == {Outcome.ERRORED}
    assert all(found[check.id].undecided == check.points for check in others)


def test_a_check_that_the_app_cut_off_is_not_passed(project: Project, ledger: Ledger) -> None:
    first, *others = promised(project)
    ledger.planned(FUNCTIONAL, (first, *others))
    ledger.result(CheckResult(**first.model_dump(), outcome=Outcome.PASSED))
    crashed = Ending(verdict=Verdict.CRASHED, fault=Fault.LEARNER, code="app.ended", title="It")
    ledger.ran(run(crashed))
    report = ledger.report()
    found = {one.id: one for one in report.criteria if one.harness is FUNCTIONAL}
    assert report.verdict is Verdict.CRASHED
    assert report.score.earned == first.points
    assert not any(found[check.id].outcome is Outcome.PASSED for check in others)


def test_one_flag_of_each_kind_is_kept(ledger: Ledger) -> None:
    flags = [Flag(kind="identity", text="first"), Flag(kind="late", text="second")]
    for flag in (*flags, Flag(kind="identity", text="third")):
        ledger.flag(flag)
    assert list(ledger.report().flags) == flags


def test_a_traceback_goes_to_what_failed_with_a_server_error(
    project: Project, ledger: Ledger
) -> None:
    crash = HttpExchange(method="GET", url="/", curl="curl /", status=500)
    finding = Finding(title="Server error", operation="GET /", exchange=crash)
    fine = crash.model_copy(update={"status": 404})
    evidence = {0: (crash,), 1: (finding,), 2: (fine,), 3: ()}
    checks = promised(project)[: len(evidence)]
    for number, check in enumerate(checks):
        ledger.result(
            CheckResult(**check.model_dump(), outcome=Outcome.FAILED, evidence=evidence[number])
        )
    log = LogTail(title="The last traceback", text="ZeroDivisionError")
    ledger.explain(HarnessKind.CONTRACT, lambda _: log)
    ledger.explain(FUNCTIONAL, lambda _: None)
    ledger.explain(FUNCTIONAL, lambda met: log if met.status and met.status >= 500 else None)
    shown = {c.id: c.checks[0].evidence for c in ledger.report().criteria if c.checks}
    assert [log in shown[check.id] for check in checks] == [True, True, False, False]
    assert all(shown[check.id].count(log) <= 1 for check in checks)
