"""A worker of its own that grades one folder with the functional harness and prints the verdict."""

from __future__ import annotations

import asyncio
import sys

from grader.catalog import load_project
from grader.domain.submission import Submission
from grader.domain.verdicts import HarnessKind
from grader.settings import settings
from tests.hostile.rows import BLOG
from worker.grade import grade_submission
from worker.workbench import Workbench

SUBMISSION = "hostile-once"


def main(folder: str) -> None:
    """Grade it as a blog."""
    submission = Submission(id=SUBMISSION, source=folder, project=BLOG, seed=7, owner="once")
    with Workbench.open(settings()) as bench:
        project = load_project(bench.settings.specs_dir, BLOG)
        kinds = [HarnessKind.FUNCTIONAL]
        grade = grade_submission(submission, project, bench, lambda _: None, kinds)
        report = asyncio.run(grade)
    print(report.verdict, report.score.earned > 0)


if __name__ == "__main__":
    main(sys.argv[1])
