"""Cheats that one grade cannot show: what a second grade finds, and a commit that was named."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from pathlib import Path

import pytest

from grader.catalog import load_project
from grader.cli.git_server import serve_repositories
from grader.domain.report import Report
from grader.domain.submission import Submission
from grader.domain.verdicts import HarnessKind
from tests.hostile.cheats import with_extra
from tests.hostile.rows import BLOG, CORPUS
from tests.hostile.stage import write_sample
from tests.hostile.world import World
from tests.worker.sources_support import commit_files, run_git, tree_of
from worker.grade import grade_submission
from worker.workbench import Workbench


@pytest.mark.engine
def test_a_second_grade_with_another_seed_is_a_first_one_again(
    bench: Workbench, world: World, tmp_path: Path
) -> None:
    """C13: nothing that an app leaves anywhere is there when it is graded again."""
    folder = tmp_path / "submission"
    folder.mkdir()
    write_sample(bench, BLOG, "reference", folder)
    shutil.copytree(CORPUS / "C13_works_once" / "app", folder, dirs_exist_ok=True)
    with_extra(folder, world)
    owner = f"hostile-{uuid.uuid4().hex[:8]}"
    first, again = (graded(bench, folder, owner, seed) for seed in (11, 12))
    assert again.build
    assert again.build.cached, "the second one runs the image that the first one has run"
    assert outcomes(first) == outcomes(again)
    assert first.source == again.source
    assert sum(outcome == "passed" for outcome in outcomes(first).values()) >= 12


def graded(bench: Workbench, folder: Path, owner: str, seed: int) -> Report:
    """The report of one grade."""
    project = load_project(bench.settings.specs_dir, BLOG)
    submission = Submission(id=owner, source=str(folder), project=BLOG, seed=seed, owner=owner)
    return asyncio.run(
        grade_submission(submission, project, bench, lambda _: None, (HarnessKind.FUNCTIONAL,))
    )


def outcomes(report: Report) -> dict[str, str]:
    """How each functional criterion ended."""
    functional = [one for one in report.criteria if one.harness is HarnessKind.FUNCTIONAL]
    return {one.id: one.outcome for one in functional}


def test_a_commit_that_was_named_is_graded_after_a_force_push(tmp_path: Path) -> None:
    """C16: whoever takes a submission pins its commit; nothing that is pushed later counts."""
    root = tmp_path / "served"
    named = commit_files(root / "work.git", {"app.py": "print('handed in')\n"})
    (root / "work.git" / "app.py").write_text("print('mended after the deadline')\n")
    with serve_repositories(root) as url:
        before = tree_of(f"{url}/work.git", tmp_path, ref=named)
        run_git(root / "work.git", "commit", "--quiet", "--all", "--amend", "-m", "later")
        after = tree_of(f"{url}/work.git", tmp_path, ref=named)
        newest = tree_of(f"{url}/work.git", tmp_path)
    assert (after.source.commit, after.source.digest) == (named, before.source.digest)
    assert newest.source.commit == run_git(root / "work.git", "rev-parse", "HEAD")
    assert newest.source.digest != before.source.digest
