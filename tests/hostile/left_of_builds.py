"""What is left of the builds that this process ran: nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path

from docker.errors import NotFound

from grader.settings import settings
from worker.sandbox.engine import connect

PATIENCE_S = 5.0


def nothing_left() -> None:
    """No container of a build of ours is there.

    They carry no label, so they are known by the control group that the worker made.
    """
    deadline = time.monotonic() + PATIENCE_S
    while left := _containers():
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


def no_process(word: str) -> None:
    """No process on the host was started with this word."""
    deadline = time.monotonic() + PATIENCE_S
    while left := _processes(word):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


def _containers() -> list[str]:
    client = connect(settings())
    try:
        ids = [row["Id"] for row in client.api.containers(all=True)]
        return [one for one in ids if f"/build-{os.getpid()}-" in _parent(client, one)]
    finally:
        client.close()


def _parent(client: object, container: str) -> str:
    try:
        raw = client.api.inspect_container(container)  # type: ignore[attr-defined]
    except NotFound:
        return ""
    return str(raw["HostConfig"].get("CgroupParent") or "")


def _processes(word: str) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes()
        except OSError:
            continue
        if word.encode() in line.split(b"\0"):
            found.append(file.parent.name)
    return found
