"""How many submissions a second are accepted, beside the least that could accept one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import httpx

from grader.access import issue
from grader.domain.records import Scope
from grader.store import Database, schema
from tests.bench.row import Row, at_least, at_most
from tests.support.servers import free_port, postgres
from worker.threads import in_thread
from worker.workbench import Workbench

ROUNDS, SLICE_S, CLIENTS = 5, 3.0, 8
START_S = 30.0
BODY = b'{"project":"task_tracker","source":{"location":"https://git.example/ada/tasks"}}'


async def rows(_bench: Workbench) -> list[Row]:
    """Ours and the bare one, slice by slice, on one PostgreSQL."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-bench-")))
        folder.chmod(0o755)
        server = stack.enter_context(postgres(folder / "data"))
        url = server.make("ours")
        secret = await in_thread(_prepare, url)
        bare_url = server.make("bare", "ours")
        ours = stack.enter_context(_serving("grader.cli.main", "serve", url))
        bare = stack.enter_context(_serving("tests.bench.bare_intake", "", bare_url))
        rates: dict[int, list[float]] = {ours: [], bare: []}
        slowest: dict[int, list[float]] = {ours: [], bare: []}
        for _ in range(ROUNDS):
            for port in (ours, bare):
                seconds = await _drive(port, secret)
                rates[port].append(len(seconds) / SLICE_S)
                slowest[port].append(sorted(seconds)[int(0.99 * len(seconds))])
    return [
        at_least("intake, ours / bare insert", median(rates[ours]) / median(rates[bare]), 0.6),
        at_most(
            "intake p99, ours / bare insert",
            median(slowest[ours]) / median(slowest[bare]),
            5,
            "ratio of seconds",
        ),
    ]


def _prepare(url: str) -> str:
    database = Database.open(url)
    schema.upgrade(database)
    secret = issue(database, "ada", Scope.LEARNER, "bench").secret
    issue(database, "root", Scope.OPERATOR, "bench")
    database.close()
    return secret


@contextmanager
def _serving(module: str, command: str, database: str) -> Iterator[int]:
    port = free_port()
    arguments = [command, "--port", str(port)] if command else [database, str(port)]
    environment = {
        "GRADER_DATABASE_URL": database,
        "GRADER_SLOTS": "0",
        "GRADER_MOST_WAITING": "1000000",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


async def _drive(port: int, secret: str) -> list[float]:
    """Send from several clients for a while; seconds of each request."""
    seconds: list[float] = []
    until = time.perf_counter() + SLICE_S
    request = (
        b"POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + f"Authorization: Bearer {secret}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
        + BODY
    )

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (started := time.perf_counter()) < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 202"), head
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
            seconds.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return seconds
