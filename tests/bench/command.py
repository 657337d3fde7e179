"""What one call of a program costs, beside one of the engine's own `exec`."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from grader.domain.commands import Read, Start
from tests.bench.row import Row, at_most, ratio
from worker.runners.commands import CommandPod
from worker.sandbox.app import AppSpec
from worker.sandbox.engine import connect
from worker.sandbox.labels import APP, ATTEMPT, ROLE, Identity
from worker.threads import in_thread
from worker.workbench import Workbench

IMAGE = "grader/base/debian:12"
ROUNDS, CALLS = 5, 10


async def rows(bench: Workbench) -> list[Row]:
    """The same program, called through the broker and through `exec`, by turns."""
    ours, theirs = await in_thread(_measure, bench)
    return [at_most("call of a program / docker exec", ratio(ours, theirs), 0.4, "ratio")]


def _measure(bench: Workbench) -> tuple[list[float], list[float]]:
    attempt = f"bench-{secrets.token_hex(4)}"
    pod = bench.sandbox.open_pod(Identity("bench", attempt), commands=True)
    client = connect(bench.settings)
    try:
        commands = CommandPod(pod, AppSpec(image=IMAGE, command=("true",)))
        labels = [f"{ATTEMPT}={attempt}", f"{ROLE}={APP}"]
        container = client.containers.list(filters={"label": labels})[0]

        def ours() -> None:
            handle = commands.serve(Start()).handle
            assert commands.serve(Read(handle=handle, timeout=10)).exit_code == 0

        def theirs() -> None:
            assert container.exec_run(["true"]).exit_code == 0

        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for kept, call in zip(times, (ours, theirs), strict=True):
                kept.append(_seconds(call))
        return times
    finally:
        client.close()
        pod.close()


def _seconds(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - began) / CALLS
