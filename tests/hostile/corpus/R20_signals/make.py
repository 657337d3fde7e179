import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.domain.report import Report
from grader.settings import settings
from tests.hostile import beside
from tests.hostile.said import said_by_app, said_in
from tests.hostile.world import World
from tests.support.pods import PYTHON
from worker.images.harness import ensure_harness_image
from worker.sandbox.app import AppSpec
from worker.sandbox.engine import connect
from worker.sandbox.images import ImageStore
from worker.sandbox.labels import Identity
from worker.sandbox.sandbox import Sandbox

# What either can be sure to hear itself on, so that silence means something. The kernel refuses
# the others: keys, and sockets to other virtual machines.
WORKS = {"abstract", "datagram", "file", "lock", "name", "port", "queue", "semaphore"}
ALONE = {"ME": "2", "TURNS": "1000"}


def write(folder: Path, world: World) -> None:
    beside.write(folder)


@contextlib.contextmanager
def source(folder: Path, world: World) -> Iterator[str]:
    """Have an accomplice run in a pod of its own all the while."""
    code = (folder / "evil.py").read_text(encoding="utf-8")
    client = connect(settings())
    image = ensure_harness_image(ImageStore(client), settings()).reference
    pod = Sandbox(client, settings(), image).open_pod(
        Identity("hostile-accomplice", secrets.token_hex(8))
    )
    try:
        pod.start_app(AppSpec(PYTHON, ("python3", "-c", code), ALONE))
        yield str(folder)
        _heard_nothing(said_in(pod.app_log())[-1])
    finally:
        pod.close()
        client.close()


def check(report: Report, world: World) -> None:
    _heard_nothing(said_by_app(report))


def _heard_nothing(said: Any) -> None:
    assert said["heard"] == []
    assert set(said["works"]) >= WORKS, said
