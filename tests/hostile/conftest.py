"""A worker with small limits, the canaries, and the figures."""

from __future__ import annotations

from collections.abc import Iterator

import docker
import pytest

from grader.settings import settings
from tests.hostile.figures import Figures
from tests.hostile.world import World, open_world
from worker.sandbox.engine import connect
from worker.workbench import Workbench

# Submissions bring tests and plug-ins of their own; one that is loaded can make every test pass.
collect_ignore = ["corpus"]

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
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    """Counts over the whole run."""
    counted = Figures()
    yield counted
    counted.write()
    counted.print()
    asked = sum(item.name.startswith("test_row") for item in request.session.items)
    assert counted.rows == asked, "a row ended without being graded"
