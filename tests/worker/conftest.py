"""Fixtures of the tests that run on the real engine."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import docker
import pytest

from grader.settings import settings
from tests.support.pods import Opened
from worker.images.harness import ensure_harness_image
from worker.sandbox.engine import connect
from worker.sandbox.images import ImageStore
from worker.sandbox.labels import Identity
from worker.sandbox.pod import Pod
from worker.sandbox.sandbox import Sandbox


@pytest.fixture(scope="session")
def engine() -> Iterator[docker.DockerClient]:
    """The operator's engine; without one these tests fail, they are not skipped."""
    client = connect(settings())
    yield client
    client.close()


@pytest.fixture(scope="session")
def sandbox(engine: docker.DockerClient) -> Sandbox:
    """The real sandbox with the real harness image."""
    image = ensure_harness_image(ImageStore(engine), settings())
    return Sandbox(engine, settings(), image.reference)


@pytest.fixture
def open_pod(sandbox: Sandbox) -> Iterator[Callable[..., Pod]]:
    """Opens pods that are closed after the test."""
    with Opened(sandbox) as opened:
        yield opened


@pytest.fixture
def pod(open_pod: Callable[..., Pod]) -> Pod:
    """An open pod."""
    return open_pod()


@pytest.fixture
def identity() -> Identity:
    """An attempt of nobody else's."""
    return Identity("test", f"test-{uuid.uuid4().hex[:12]}")
