"""A worker of the tests' own, on the real engine."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import docker
import pytest

from grader.catalog import load_project
from grader.domain.progress import Progress
from grader.domain.report import Report
from grader.domain.submission import Submission
from grader.domain.verdicts import HarnessKind
from grader.settings import settings
from tests.e2e.support import SLUG
from tests.support.loops import in_own_loop
from worker.grade import grade_submission
from worker.sandbox.engine import connect
from worker.workbench import Workbench

Grade = Callable[..., Report]
QUICK_START_S = 12.0
# Two processes may test beside each other.
NAME = f"e2e-{os.getpid()}"


@pytest.fixture(scope="session")
def bench() -> Iterator[Workbench]:
    """What a worker grades with; without an engine these tests fail, they are not skipped."""
    # An app that never answers need not be waited for as long as a slow learner's.
    quick = settings().model_copy(update={"start_timeout": QUICK_START_S})
    with Workbench.open(quick) as opened:
        yield opened


@pytest.fixture
def grade(bench: Workbench, tmp_path: Path) -> Grade:
    """Grades a source as a project; ``files`` are written to a folder first."""

    def run(
        source: str = "",
        files: dict[str, str] | None = None,
        slug: str = SLUG,
        seed: int = 3,
        listen: Callable[[Progress], None] = lambda _: None,
        kinds: Collection[HarnessKind] = tuple(HarnessKind),
        **fields: str,
    ) -> Report:
        folder = tmp_path / "learner"
        for name, text in (files or {}).items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        submission = Submission(
            id=NAME,
            source=source or str(folder),
            project=slug,
            seed=seed,
            owner="tests",
            **fields,
        )
        project = load_project(bench.settings.specs_dir, slug)
        return in_own_loop(grade_submission(submission, project, bench, listen, kinds))

    return run


@pytest.fixture
def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def engine() -> Iterator[docker.DockerClient]:
    """The engine itself, for a look at what is on it."""
    client = connect(settings())
    yield client
    client.close()
