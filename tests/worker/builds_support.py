"""Builds learners' trees on the real engine, and asks what was built from inside."""

from __future__ import annotations

import shlex
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import docker
import pytest

from grader.domain.submission import Submission
from grader.settings import settings
from worker.builds.bases import EngineBases
from worker.builds.build import BuiltApp, Workshop, build
from worker.builds.gateway import ensure_gateway
from worker.builds.key import scope_key
from worker.builds.labels import SCOPE
from worker.sandbox.images import ImageStore
from worker.sources import Fetched, fetch

START_SECONDS = 30
# Programs that answer with "<status> <body>" and exist in every image that is asked.
_PYTHON = """
import sys, urllib.request, urllib.error
request = urllib.request.Request(sys.argv[2], method=sys.argv[1])
try:
    answer = urllib.request.urlopen(request, timeout=10)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status, answer.read().decode())
"""
_NODE = """
const [method, url] = process.argv.slice(1);
fetch(url, {method}).then(async (a) => console.log(a.status, await a.text()));
"""


@dataclass(frozen=True)
class Builder:
    """Builds trees in a scope of its own."""

    workshop: Workshop
    scope: str
    workdir: Callable[[], Path]
    scopes: set[str] = field(default_factory=set)

    def __call__(self, tree: Path | Mapping[str, str], *, scope: str = "") -> BuiltApp:
        """Build a folder, or files given as texts."""
        folder = tree if isinstance(tree, Path) else _written(self.workdir(), tree)
        submission = Submission(id="test", source=str(folder), project="x", seed=0)
        fetched = fetch(submission, settings(), self.workdir())
        assert isinstance(fetched, Fetched)
        self.scopes.add(f"{self.scope}{scope}")
        return build(fetched.tree, f"{self.scope}{scope}", self.workshop)

    def remove_images(self) -> None:
        """Remove what was built."""
        for scope in self.scopes:
            for image in self.workshop.store.list({SCOPE: scope_key(scope)}):
                for tag in image.tags:
                    self.workshop.store.remove(tag)


class Running:
    """A built app that runs without a network."""

    def __init__(self, engine: docker.DockerClient, built: BuiltApp, port: int) -> None:
        self._port = port
        self._node = built.plan.recipe == "node"
        self._container = engine.containers.run(
            built.image_ref,
            list(built.plan.command) if built.plan.command else None,
            environment=dict(built.plan.environment),
            network_mode="none",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            detach=True,
        )

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.remove(force=True, v=True)

    def ask(self, method: str, path: str) -> str:
        """``<status> <body>``, once it answers."""
        url = f"http://localhost:{self._port}{path}"
        asking = ["node", "-e", _NODE] if self._node else ["python", "-c", _PYTHON]
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                code, output = self._container.exec_run([*asking, method, url])
                text = output.decode()
            except docker.errors.APIError as error:
                raise AssertionError(f"{error}\n{self.log()}") from error
            if code == 0:
                return text
            assert time.monotonic() < deadline, f"{text}\n{self.log()}"
            time.sleep(0.2)

    def run(self, line: str) -> str:
        """What a command prints in it."""
        return self._container.exec_run(shlex.split(line)).output.decode()

    def log(self) -> str:
        return self._container.logs().decode()

    def restart(self) -> None:
        self._container.restart(timeout=1)


@pytest.fixture
def builder(
    engine: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Builder]:
    """A builder with a scope that nothing was built in before."""
    store = ImageStore(engine)
    network = ensure_gateway(engine, settings())
    workshop = Workshop(store, EngineBases(store, settings()), network, settings())
    made = Builder(workshop, f"test-{uuid.uuid4().hex}", lambda: tmp_path_factory.mktemp("build"))
    yield made
    made.remove_images()


def _written(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder
