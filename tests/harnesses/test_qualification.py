"""Every harness is proven: each sample, graded in the real sandbox, loses exactly what it names.

The short form: flawed samples meet only the kinds of harness that they lose criteria of, and two
correct ones are put under load; ``make qualify`` does everything with all of them.
"""

from __future__ import annotations

import pytest

from grader.catalog import load_project, slugs
from grader.settings import settings
from harnesses.kit.samples import load_samples, match_rubric
from tests.support.loops import in_own_loop
from worker.qualify import qualify_project
from worker.workbench import Workbench

pytestmark = [pytest.mark.engine, pytest.mark.alone]

JOBS = 2


@pytest.mark.timeout(2400)
@pytest.mark.parametrize("slug", slugs(settings().specs_dir))
def test_samples_lose_what_they_name(slug: str) -> None:
    project = load_project(settings().specs_dir, slug)
    samples = load_samples(settings().harnesses_dir / slug)
    match_rubric(samples, project.rubric)

    with Workbench.open(settings()) as bench:
        run = qualify_project(project, samples, bench, JOBS, lambda _: None, short=True)
        results = in_own_loop(run)

    wrong = {
        result.sample: {
            "must lose": result.expected,
            "lost": result.lost,
            "undecided": result.undecided,
            "said": result.messages,
            "problem": result.problem,
        }
        for result in results
        if not result.ok
    }
    assert wrong == {}
