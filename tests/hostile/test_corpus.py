"""Every row of the corpus ends as it must, and leaves the host as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from grader.domain.report import Report
from grader.domain.verdicts import HarnessKind, Outcome, Verdict
from tests.hostile import invariants
from tests.hostile.figures import Figures
from tests.hostile.rows import PASS_MARK, Expect, Row, rows
from tests.hostile.stage import Ended, Stage
from tests.hostile.world import World
from worker.images.harness import HarnessImage
from worker.sandbox.sandbox import Sandbox
from worker.workbench import Workbench

pytestmark = pytest.mark.engine

ROWS = rows()
GRACE_S = 15
LONGEST_BEAT_S = 5


@pytest.mark.parametrize("name", ROWS)
def test_row(
    name: str,
    bench: Workbench,
    engine: docker.DockerClient,
    world: World,
    figures: Figures,
    tmp_path: Path,
) -> None:
    row = ROWS[name]
    if row.unable:
        figures.rows_unable[name] = row.unable
        pytest.skip(row.unable)
    figures.rows_failed.append(name)
    stage = Stage(name, row, _with(bench, engine, row), world, tmp_path / "submission")
    before = invariants.Baseline.take(engine)
    try:
        # Closed even when an assertion fails: a row may have servers of its own running.
        with contextlib.closing(stage.run()) as submissions:
            for ended in submissions:
                with _naming(ended):
                    _host_unharmed(ended, engine, world, before, figures)
                    _as_expected(ended)
                    stage.check(ended.report)
    finally:
        stage.remove_images()
    with _counting(figures, "leaks"):
        before.holds(engine)
    figures.invariants_checked += 1
    figures.rows_failed.remove(name)
    figures.rows_passed[name[0]] += 1


def _with(bench: Workbench, engine: docker.DockerClient, row: Row) -> Workbench:
    """The worker, with the operator's settings that a row asks for."""
    if not row.settings:
        return bench
    settings = bench.settings.model_copy(update=row.settings)
    return Workbench(
        settings,
        Sandbox(engine, settings, bench.harness_image),
        replace(bench.workshop, settings=settings),
        HarnessImage(bench.harness_image, bench.harness_digest),
    )


def _host_unharmed(
    ended: Ended,
    engine: docker.DockerClient,
    world: World,
    before: invariants.Baseline,
    figures: Figures,
) -> None:
    """All invariants but the disk's, which needs the images gone."""
    report = ended.report
    texts = invariants.readable(report)
    with _counting(figures, "leaks"):
        invariants.nothing_left(engine, ended.submission, before.places)
    with _counting(figures, "host_changes"):
        invariants.untouched(world)
    with _counting(figures, "secrets_seen"):
        invariants.no_secret(texts, world)
    invariants.honest_score(report)
    assert ended.longest_beat < LONGEST_BEAT_S, "the worker stood still"
    figures.invariants_checked += 7
    if ended.control is not None:
        figures.controls_run += 1
        with _counting(figures, "controls_disturbed"):
            _undisturbed(ended.control)


def _undisturbed(control: Report) -> None:
    lost = [
        (result.id, result.outcome)
        for result in control.criteria
        if result.harness is HarnessKind.FUNCTIONAL and result.outcome is not Outcome.PASSED
    ]
    assert (control.verdict, lost) == (Verdict.GRADED, []), control.problem


@contextlib.contextmanager
def _counting(figures: Figures, name: str) -> Iterator[None]:
    """Count what does not hold, before it fails the test."""
    try:
        yield
    except AssertionError:
        setattr(figures, name, getattr(figures, name) + 1)
        raise


@contextlib.contextmanager
def _naming(ended: Ended) -> Iterator[None]:
    """Say which submission of a row did not end as it must."""
    try:
        yield
    except AssertionError as error:
        if ended.name:
            error.add_note(f"handed in: {ended.name}")
        raise


def _as_expected(ended: Ended) -> None:
    expect, report = ended.expect, ended.report
    told = invariants.renderings(report)["terminal"] + invariants.renderings(report)["json"]
    problem = report.problem
    said = (report.verdict, problem.code if problem else "", problem.title if problem else "")
    assert not expect.verdict or report.verdict in expect.verdict, (said, problem)
    assert not expect.code or (problem and problem.code == expect.code), said
    for words in expect.says:
        assert words in told, (words, said)
    for words in expect.says_not:
        assert words not in told, (words, said)
    assert ended.seconds < expect.within + GRACE_S, said
    _points(report, expect)


def _points(report: Report, expect: Expect) -> None:
    failed = tuple(one.id for one in report.criteria if one.outcome is Outcome.FAILED)
    assert expect.lost is None or failed == expect.lost, failed
    assert set(expect.loses) <= set(failed), failed
    earned = share(report)
    assert expect.at_least is None or earned >= expect.at_least, (earned, failed)
    assert expect.at_most is None or earned <= expect.at_most, (earned, failed)
    flags = tuple(flag.kind for flag in report.flags)
    assert expect.flags is None or flags == expect.flags, report.flags
    if expect.caught:
        assert earned < PASS_MARK or flags, (earned, failed)


def share(report: Report) -> float:
    """Points earned, of 100 that could be decided."""
    possible = report.score.possible - report.score.undecided
    return 100 * report.score.earned / possible if possible else 0.0
