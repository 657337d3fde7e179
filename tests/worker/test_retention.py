"""Old images go, those in use and those used lately stay: on the real engine."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator

import docker
import pytest

from grader.settings import settings
from worker.images.retention import keep_latest, touch
from worker.sandbox.engine import connect
from worker.sandbox.images import ImageStore
from worker.sandbox.labels import ROLE

pytestmark = pytest.mark.engine


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    client = connect(settings())
    yield client
    client.close()


@pytest.fixture
def role(client: docker.DockerClient) -> Iterator[str]:
    role = f"retention-test-{uuid.uuid4().hex[:8]}"
    yield role
    for image in client.images.list(filters={"label": f"{ROLE}={role}"}):
        client.images.remove(image.id, force=True)


def _make(store: ImageStore, role: str, *names: str) -> list[str]:
    tags = [f"grader/{role}/{name}:latest" for name in names]
    for tag in tags:
        # A label of its own makes each an image of its own.
        store.import_rootfs(io.BytesIO(bytes(10_240)), tag, [f"LABEL {ROLE}={role} name={tag}"])
    return tags


def _left(store: ImageStore, role: str) -> set[str]:
    return {tag for image in store.list({ROLE: role}) for tag in image.tags}


def test_what_was_used_longest_ago_goes_first(client: docker.DockerClient, role: str) -> None:
    store = ImageStore(client)
    first, _, _, fourth = _make(store, role, "a", "b", "c", "d")
    touch(store, first)
    assert keep_latest(store, role, 2) == 2
    assert _left(store, role) == {first, fourth}


def test_nothing_goes_while_there_are_few(client: docker.DockerClient, role: str) -> None:
    store = ImageStore(client)
    tags = _make(store, role, *(f"n{number}" for number in range(11)))
    assert keep_latest(store, role, 10) == 0
    assert _left(store, role) == set(tags)


def test_an_image_with_two_names_goes_with_both(client: docker.DockerClient, role: str) -> None:
    store = ImageStore(client)
    old, new = _make(store, role, "old", "new")
    store.tag(old, f"grader/{role}/other:latest")
    touch(store, new)
    assert keep_latest(store, role, 1) == 1
    assert _left(store, role) == {new}


def test_what_a_container_uses_stays(client: docker.DockerClient, role: str) -> None:
    store = ImageStore(client)
    used, _, newest = _make(store, role, "used", "other", "newest")
    container = client.containers.create(used, command=["/none"])
    try:
        assert keep_latest(store, role, 1) == 1
        assert _left(store, role) == {used, newest}
    finally:
        container.remove()
