"""A worker with small limits, the canaries, and the figures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import docker
import pytest

from grader.settings import settings
from tests.hostile.figures import PARTS, Figures
from tests.hostile.world import World, open_world
from worker.sandbox.engine import connect
from worker.workbench import Workbench

# Submissions bring tests and plug-ins of their own; one that is loaded can make every test pass.
collect_ignore = ["corpus"]
_REPORTED: set[str] = set()

# So small that every limit is met within seconds, so large that an honest app notices nothing.
LIMITS = {
    "build_timeout": 40,
    "build_memory_mb": 512,
    "build_pids": 128,
    "image_size_mb": 512,
    "app_memory_mb": 192,
    "app_pids": 96,
    "start_timeout": 10,
    "source_max_mb": 50,
    "fetch_timeout": 15,
}


@pytest.fixture(scope="session")
def bench() -> Iterator[Workbench]:
    """What a worker grades with; without an engine these tests fail, they are not skipped."""
    with Workbench.open(settings().model_copy(update=LIMITS)) as opened:
        yield opened


@pytest.fixture(scope="session", autouse=True)
def _own_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is left there is left by us, whoever else grades on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp_path_factory.mktemp("work")))
        yield


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    """The operator's engine."""
    client = connect(settings())
    yield client
    client.close()


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """The canaries."""
    with open_world() as opened:
        yield opened


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    """Counts over all rows that this process runs."""
    counted = Figures()
    yield counted
    counted.write_part(os.environ.get("PYTEST_XDIST_WORKER", "main"))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Forget the counts of an earlier run."""
    if not hasattr(session.config, "workerinput"):
        shutil.rmtree(PARTS, ignore_errors=True)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and "::test_row[" in report.nodeid:
        _REPORTED.add(report.nodeid)


def pytest_terminal_summary() -> None:
    """Print the figures, and write them to ``build/hostile.json``."""
    if _REPORTED:
        whole = Figures.of_parts()
        whole.write()
        whole.print()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where a row was reported that no worker has graded: its files have had a say."""
    if hasattr(session.config, "workerinput"):
        return
    graded = Figures.of_parts().rows
    if graded != len(_REPORTED):
        print(f"\n{len(_REPORTED)} rows were reported, {graded} were graded")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
