"""Pods for tests: programs to run in them, and what they said."""

from __future__ import annotations

import contextlib
import io
import json
import uuid
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import docker

from grader.domain.verdicts import HarnessKind
from worker.sandbox.app import AppSpec, AppStatus
from worker.sandbox.labels import ATTEMPT, Identity
from worker.sandbox.limits import Limits
from worker.sandbox.pod import Pod
from worker.sandbox.process import HarnessProcess
from worker.sandbox.sandbox import Sandbox

PYTHON = "grader/base/python:3.11"
HARNESS_PYTHON = ("/opt/venv/bin/python", "-I", "-c")
MOUNTS = Path("/proc/self/mounts")
CGROUPS = Path("/sys/fs/cgroup")
USUAL = Limits(memory_mb=256, pids=64, cpus=1.0)
# A server that answers everything with 200, and says what it is asked.
SERVER = ("python3", "-m", "http.server", "8000")


class Opened:
    """Opens pods; closes them at the end."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._pods: list[Pod] = []

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        for pod in self._pods:
            pod.close()

    def __call__(
        self, identity: Identity | None = None, aliases: Mapping[str, str] | None = None
    ) -> Pod:
        identity = identity or Identity("test", f"test-{uuid.uuid4().hex[:12]}")
        pod = self._sandbox.open_pod(identity, aliases)
        self._pods.append(pod)
        return pod


def python_app(
    code: str, *, image: str = PYTHON, limits: Limits = USUAL, **environment: str
) -> AppSpec:
    """An app that is a piece of Python."""
    return AppSpec(image, ("python3", "-c", code), environment, limits)


def run(pod: Pod, spec: AppSpec, seconds: float = 20) -> tuple[AppStatus, str]:
    """Run an app until it ends; how it ended and what it printed."""
    pod.start_app(spec)
    status = pod.wait_app_exit(seconds)
    assert status is not None, f"still running after {seconds} s: {pod.app_log()}"
    return status, pod.app_log()


def told_by(pod: Pod, code: str, seconds: float = 20, **options: Any) -> Any:
    """Run a piece of Python as the app; the JSON of the last line it prints."""
    status, log = run(pod, python_app(code, **options), seconds)
    assert status.exit_code == 0, log
    return json.loads(log.splitlines()[-1])


def start_harness(pod: Pod, code: str) -> HarnessProcess:
    """Start a piece of Python as the harness."""
    return pod.start_harness(HarnessKind.FUNCTIONAL, (*HARNESS_PYTHON, code))


def told_by_harness(pod: Pod, code: str, seconds: float = 20) -> Any:
    """Run a piece of Python as the harness; the JSON of the text it sends.

    Args:
        code: Calls ``tell(value)`` once.
    """
    event = start_harness(pod, TELL + code).next_event(seconds)
    assert event is not None
    assert event.type == "assumed"
    return json.loads(event.text)


TELL = """
import json
def tell(value):
    print(json.dumps({"type": "assumed", "text": json.dumps(value)}), flush=True)
"""


@contextlib.contextmanager
def built_image(engine: docker.DockerClient, lines: str, base: str = PYTHON) -> Iterator[str]:
    """An image made of a base and some Dockerfile lines; removed afterwards."""
    # A label of its own: another process may be removing an image of the same lines.
    text = f"FROM {base}\n{lines}\nLABEL of={uuid.uuid4().hex}\n".encode()
    image, _ = engine.images.build(fileobj=io.BytesIO(text), rm=True, forcerm=True)
    assert image.id
    try:
        yield image.id
    finally:
        engine.images.remove(image.id, force=True)


def left_of(engine: docker.DockerClient, attempt: str) -> list[str]:
    """What the engine still has of an attempt."""
    filters = {"label": f"{ATTEMPT}={attempt}"}
    containers = engine.api.containers(all=True, filters=filters)
    volumes = engine.api.volumes(filters=filters).get("Volumes") or []
    return [row["Id"] for row in containers] + [row["Name"] for row in volumes]


def traces_on_host(containers: Collection[str]) -> list[str]:
    """Mounts, control groups and processes of containers, where the engine is on this machine."""
    found = [line for line in MOUNTS.read_text().splitlines() if _names(line, containers)]
    for folder in CGROUPS.rglob("*"):
        if folder.is_dir() and _names(folder.name, containers):
            found.append(str(folder))
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if _names(command := file.read_text(), containers):
                found.append(command)
    return found


def _names(text: str, containers: Collection[str]) -> bool:
    return any(container in text for container in containers)
