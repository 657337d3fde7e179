"""A whole grade: everything that the report promises is in it, and partial results survive."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest

from grader.cli.git_server import serve_repositories
from grader.domain.progress import CheckDone, Progress
from grader.domain.report import json_schema
from grader.domain.verdicts import HarnessKind, Outcome, Verdict
from grader.reports import render_json
from grader.settings import settings
from harnesses.kit.samples import load_samples, materialise
from tests.e2e.conftest import NAME, Grade
from worker.workbench import Workbench

pytestmark = pytest.mark.engine

SLUG = "url_shortening_service"
AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@example.org")


def write_sample(folder: Path, name: str) -> None:
    samples = load_samples(settings().harnesses_dir / SLUG)
    materialise(next(sample for sample in samples if sample.name == name), folder)


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_report_of_a_monorepo_over_http(grade: Grade, tmp_path: Path) -> None:
    """A sub-folder with a space, a branch, a pinned commit; all facts; a valid document."""
    repository = tmp_path / "served" / "mono"
    write_sample(repository / "my projects" / "short links", "demo")
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "checkout", "--quiet", "-b", "handed-in")
    git(repository, "add", "--all")
    git(repository, *AUTHOR, "commit", "--quiet", "-m", "Hand in")
    commit = git(repository, "rev-parse", "HEAD")
    seen: list[Progress] = []
    with serve_repositories(tmp_path / "served") as url:
        report = grade(
            source=f"git+{url}/mono",
            slug=SLUG,
            ref="handed-in",
            path="my projects/short links",
            listen=seen.append,
        )
    assert report.verdict is Verdict.GRADED, report.problem
    assert report.source is not None
    assert (report.source.commit, report.source.ref) == (commit, "handed-in")
    assert report.source.path == "my projects/short links"
    assert report.build is not None
    assert report.build.image_digest.startswith("sha256:")
    assert report.build.recipe == "python"
    assert report.project.spec_digest
    assert report.project.harness_digest
    assert report.seed == 3
    assert {run.kind for run in report.runs} == set(HarnessKind)
    assert {phase.name for phase in report.phases} >= {"fetching", "building", "checking", "load"}
    assert report.load is not None
    assert report.load.slices
    failed = {c.id for c in report.criteria if c.outcome is Outcome.FAILED}
    assert failed == {"links.validation", "links.update_timestamps"}
    lost = next(c for c in report.criteria if c.id == "links.validation")
    assert any(
        "curl" in check.evidence[0].model_dump_json() for check in lost.checks if check.evidence
    )
    assert len([one for one in seen if isinstance(one, CheckDone)]) >= len(report.criteria)
    jsonschema.validate(json.loads(render_json(report)), json_schema())


def test_partial_results_survive_a_time_out(
    grade: Grade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A functional phase cut off in the middle keeps what it had; the rest is undecided."""
    write_sample(tmp_path / "learner", "reference")
    monkeypatch.setattr("worker.grade.FUNCTIONAL_BUDGET_S", 2.0)
    report = grade(slug=SLUG)
    outcomes = {c.outcome for c in report.criteria if c.harness is HarnessKind.FUNCTIONAL}
    assert outcomes <= {Outcome.PASSED, Outcome.ERRORED}
    assert Outcome.ERRORED in outcomes
    assert report.score.earned + report.score.undecided == 100


def test_load_alone(grade: Grade, tmp_path: Path) -> None:
    """Whoever asks for the load test alone gets it; everything else is undecided."""
    write_sample(tmp_path / "learner", "reference")
    report = grade(slug=SLUG, kinds=[HarnessKind.LOAD])
    assert report.problem is None, report.problem
    assert report.load is not None
    assert report.load.slices
    outcomes = {c.outcome for c in report.criteria if c.harness is not HarnessKind.LOAD}
    assert outcomes == {Outcome.ERRORED}


def test_nothing_is_left(grade: Grade, bench: Workbench) -> None:
    """After a grade no container or volume of it is on the engine."""
    report = grade(files={"README.md": "nothing"})
    assert report.verdict is Verdict.REJECTED
    found = bench.sandbox.containers.labelled(f"org.grader.submission={NAME}")
    assert found["containers"] == {}
    assert found["volumes"] == {}
