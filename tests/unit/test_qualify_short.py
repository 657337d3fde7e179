"""The short form of a qualification: what each sample is graded with."""

from __future__ import annotations

from grader.catalog import load_project
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from grader.settings import settings
from harnesses.kit.samples import Sample, load_samples
from tests.support import reports
from worker.qualify import MISTAKE_LINES, judge, kinds_in_short, loaded_in_short

FUNCTIONAL, CONTRACT, LOAD = HarnessKind.FUNCTIONAL, HarnessKind.CONTRACT, HarnessKind.LOAD
PROJECT = load_project(settings().specs_dir, "url_shortening_service")
SAMPLES = load_samples(settings().harnesses_dir / PROJECT.slug)


def kinds(sample: Sample) -> tuple[HarnessKind, ...]:
    return kinds_in_short(sample, PROJECT, loaded_in_short(SAMPLES))


def test_every_sample_meets_what_it_loses() -> None:
    for sample in SAMPLES:
        named = {PROJECT.rubric.get(criterion).harness for criterion in sample.lost}
        assert {FUNCTIONAL, *named} <= set(kinds(sample)), sample.name


def test_a_flawed_one_meets_nothing_else() -> None:
    chosen = {sample.name: kinds(sample) for sample in SAMPLES}
    assert chosen["counting_codes"] == (FUNCTIONAL,)
    assert chosen["json_called_html"] == (FUNCTIONAL, CONTRACT)


def test_correct_ones_keep_the_contract_and_two_are_under_load() -> None:
    correct = {sample.name: kinds(sample) for sample in SAMPLES if not sample.lost}
    assert all(set(found) >= {FUNCTIONAL, CONTRACT} for found in correct.values())
    under_load = [name for name, found in correct.items() if LOAD in found]
    assert len(under_load) == 2
    assert "reference" in under_load


def test_the_author_of_a_broken_check_is_told_what_is_wrong() -> None:
    (sample,) = (one for one in SAMPLES if one.name == "reference")
    actual = "Traceback (most recent call last):\nAttributeError: no getrandbitz"
    broken = reports.check(
        "posts.create", Outcome.ERRORED, fault=Fault.AUTHOR, message="m", actual=actual
    )
    told = judge(sample, reports.report_of([broken]), 1.0, (FUNCTIONAL,))
    assert not told.ok
    assert told.mistakes == (f"{broken.title}:\n{actual}",)


def test_what_a_harness_said_before_it_ended_is_told() -> None:
    (sample,) = (one for one in SAMPLES if one.name == "reference")
    report = reports.platform_error()
    assert report.problem is not None
    told = judge(sample, report, 1.0, (FUNCTIONAL,))
    assert told.mistakes == ("\n".join(report.problem.log.splitlines()[-MISTAKE_LINES:]),)
