"""What the start of a service in a pod costs, beside the bare server's own.

Bare is the same server in a container of the engine's defaults, its data laid out in its layer: no
limits, nothing unpacked, nothing read-only. Both count until the server answers in its protocol.
"""

from __future__ import annotations

import io
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from tests.bench.row import Row, at_most, ratio
from worker.images.backing import ensure_service_image
from worker.sandbox.backing import KINDS, ServiceKind, ServiceProcess, ServiceSpec
from worker.sandbox.engine import connect
from worker.sandbox.labels import Identity
from worker.threads import in_thread
from worker.workbench import Workbench

ROUNDS = {"rabbitmq": 4}
USUAL_ROUNDS = 10
BARE = """
FROM {image}
USER root
RUN mkdir -m 700 /bare && (test ! -e /opt/grader/prepared.tar || \
    tar -xf /opt/grader/prepared.tar -C /bare) && chown -R service:service /bare
USER service
CMD ["/bare"]
"""


async def rows(bench: Workbench) -> list[Row]:
    """One row for each server."""
    return [await in_thread(_row, bench, kind) for kind in KINDS.values()]


def _row(bench: Workbench, kind: ServiceKind) -> Row:
    image = ensure_service_image(bench.store, bench.settings, kind.name)
    ours: list[float] = []
    theirs: list[float] = []
    with _bare_image(bench, image) as bare:
        for _ in range(ROUNDS.get(kind.name, USUAL_ROUNDS)):
            ours.append(_in_pod(bench, ServiceSpec(kind, image)))
            theirs.append(_alone(bench, ServiceSpec(kind, bare)))
    name = f"start of {kind.title} in a pod ({median(ours):.2f} s) / by itself"
    return at_most(name, ratio(ours, theirs), 1.2, "ratio")


@contextmanager
def _bare_image(bench: Workbench, image: str) -> Iterator[str]:
    client = connect(bench.settings)
    try:
        file = io.BytesIO(BARE.format(image=image).encode())
        made, _ = client.images.build(fileobj=file, rm=True, forcerm=True)
        assert made.id
        yield made.id
        client.images.remove(made.id, force=True)
    finally:
        client.close()


def _in_pod(bench: Workbench, spec: ServiceSpec) -> float:
    pod = bench.sandbox.open_pod(Identity("bench", f"bench-{secrets.token_hex(4)}"))
    try:
        began = time.perf_counter()
        pod.start_service(spec).wait_healthy()
        return time.perf_counter() - began
    finally:
        pod.close()


def _alone(bench: Workbench, spec: ServiceSpec) -> float:
    containers = bench.sandbox.containers
    config = {
        "Image": spec.image,
        **dict.fromkeys(("AttachStdin", "AttachStdout", "AttachStderr"), True),
        **dict.fromkeys(("OpenStdin", "StdinOnce"), True),
        "HostConfig": {"NetworkMode": "none"},
    }
    began = time.perf_counter()
    container = containers.create(config)
    try:
        process = ServiceProcess(containers, container, spec)
        containers.start(container)
        process.wait_healthy()
        return time.perf_counter() - began
    finally:
        containers.remove(container)
