"""The service as an operator starts it: processes, a real engine, real servers beside it."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import docker
import httpx
import pytest

from grader.access import issue
from grader.domain.records import Scope
from grader.settings import settings
from grader.store import Database, schema
from harnesses.kit.samples import load_samples, materialise
from tests.api.test_events import follow
from tests.support.databases import postgres_server
from tests.support.servers import Postgres, free_port, redis_server

__all__ = ["postgres_server"]

pytestmark = pytest.mark.engine

PROJECT = "task_tracker"
START_S = 60.0
LEASE_S = 30.0
CANCEL_S = 10.0


def archive(folder: Path) -> bytes:
    """A correct program, as a learner would upload it."""
    samples = load_samples(settings().harnesses_dir / PROJECT)
    materialise(next(sample for sample in samples if sample.name == "reference"), folder)
    return packed(folder)


def packed(folder: Path) -> bytes:
    """A folder as an archive."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        tar.add(folder, "app")
    return content.getvalue()


@contextmanager
def grader(log: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours; its output goes to a file."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "grader.cli.main", *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answering(url: str, places: int, log: Path) -> None:
    """Wait until a service answers and has so many places to grade in."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/readyz").json()["places"] >= places:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(log.read_text(encoding="utf-8", errors="replace"))


def client_of(url: str, secret: str, stack: ExitStack) -> httpx.Client:
    headers = {"Authorization": f"Bearer {secret}"}
    client = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60)
    return stack.enter_context(client)


def hand_in(client: httpx.Client, content: bytes) -> str:
    query = {"project": PROJECT, "name": "tasks.tar.gz"}
    answer = client.post("/submissions/archives", params=query, content=content)
    assert answer.status_code == 202, answer.text
    ident: str = answer.json()["id"]
    return ident


def test_one_command_serves_and_grades(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    url = f"http://127.0.0.1:{port}"
    database = f"sqlite:///{tmp_path / 'grader.db'}"
    with (
        ExitStack() as stack,
        grader(log, "serve", "--port", str(port), GRADER_DATABASE_URL=database) as process,
    ):
        answering(url, 1, log)
        secret = re.search(r"gr_operator_\w+", log.read_text())
        assert secret, "the first token is printed"
        operator = client_of(url, secret.group(), stack)
        wanted = {"person": "ada", "scope": "learner", "name": "laptop"}
        ada = client_of(url, operator.post("/tokens", json=wanted).json()["secret"], stack)
        ident = hand_in(ada, archive(tmp_path / "app"))
        events = list(follow(ada, ident))
        assert [number for number, _, _ in events] == list(range(1, len(events) + 1))
        assert events[-1][2] == {"state": "done", "verdict": "graded"}
        assert {"phase_started", "check_done"} <= {kind for _, kind, _ in events}
        view = ada.get(f"/submissions/{ident}").json()
        assert view["score"] == {"earned": 100, "undecided": 0, "possible": 100}
        report = ada.get(f"/submissions/{ident}/report").json()
        assert report["source"]["location"] == "tasks.tar.gz"
        assert str(tmp_path) not in str(report), "no path of the worker's machine"
        assert "<h1" in ada.get(f"/submissions/{ident}/report", params={"format": "html"}).text
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert log.read_text().count("gr_operator_") == 1


def test_a_build_that_is_cancelled_ends_within_seconds(
    tmp_path: Path, engine: docker.DockerClient
) -> None:
    port, log = free_port(), tmp_path / "log"
    url = f"http://127.0.0.1:{port}"
    url_of_database = f"sqlite:///{tmp_path / 'grader.db'}"
    database = Database.open(url_of_database)
    schema.upgrade(database)
    secret = issue(database, "ada", Scope.LEARNER, "test").secret
    app = tmp_path / "app"
    app.mkdir()
    (app / "Dockerfile").write_text("FROM python:3.11-slim\nRUN echo begun-here && sleep 300\n")
    common = {"GRADER_DATABASE_URL": url_of_database, "GRADER_SLOTS": "1"}
    with ExitStack() as stack, grader(log, "serve", "--port", str(port), **common):
        answering(url, 1, log)
        ada = client_of(url, secret, stack)
        ident = hand_in(ada, packed(app))
        events = follow(ada, ident)
        next(data for _, kind, data in events if kind == "build_output" and _begun(data))
        assert ada.post(f"/submissions/{ident}/cancel").json()["state"] == "cancelled"
        assert list(events)[-1][2] == {"state": "cancelled"}
        cancelled = time.monotonic()
        while sleeping(engine):
            assert time.monotonic() - cancelled < CANCEL_S, "the build goes on"
            time.sleep(0.1)
        # Its place is free again.
        again = hand_in(ada, archive(tmp_path / "right"))
        assert list(follow(ada, again))[-1][2] == {"state": "done", "verdict": "graded"}
    database.close()


def _begun(data: dict[str, object]) -> bool:
    return "begun-here" in [str(line).strip() for line in data["lines"]]  # type: ignore[attr-defined]


def sleeping(engine: docker.DockerClient) -> list[str]:
    """Containers of the build that is to end."""
    rows = engine.api.containers()
    return [row["Id"] for row in rows if "sleep 300" in row["Command"]]


def test_another_worker_takes_over_from_one_that_is_killed(
    tmp_path: Path, postgres_server: Postgres
) -> None:
    url_of_database = postgres_server.make(f"killed_{os.getpid()}")
    database = Database.open(url_of_database)
    schema.upgrade(database)
    secret = issue(database, "ada", Scope.LEARNER, "test").secret
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    logs = [tmp_path / name for name in ("api", "first", "second")]
    with redis_server() as redis:
        common = {
            "GRADER_DATABASE_URL": url_of_database,
            "GRADER_REDIS_URL": redis.url,
            "GRADER_SLOTS": "1",
        }
        with (
            ExitStack() as stack,
            grader(logs[0], "serve", "--port", str(port), **{**common, "GRADER_SLOTS": "0"}),
            grader(logs[1], "worker", **common) as first,
        ):
            answering(url, 1, logs[1])
            ada = client_of(url, secret, stack)
            ident = hand_in(ada, archive(tmp_path / "app"))
            events = follow(ada, ident)
            for _, kind, data in events:
                if kind == "phase_started" and data["phase"] == "checking":
                    break
            first.kill()
            killed = time.monotonic()
            with grader(logs[2], "worker", **common):
                again = next(event for event in events if event[2].get("why") == "worker_died")
                assert again[2]["state"] == "queued"
                assert time.monotonic() - killed < LEASE_S + 10
                last = list(events)[-1]
    assert last[2] == {"state": "done", "verdict": "graded"}, logs[2].read_text()
    database.close()


def test_a_port_that_is_taken_ends_the_service_before_anything_is_made(tmp_path: Path) -> None:
    database = tmp_path / "grader.db"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        url = f"sqlite:///{database}"
        with grader(tmp_path / "log", "serve", "--port", str(port), GRADER_DATABASE_URL=url) as one:
            assert one.wait(30) == 2
    said = (tmp_path / "log").read_text()
    assert f"error: nothing can listen on 127.0.0.1:{port}: Address already in use" in said
    assert "hint: end what uses that port" in said
    assert not database.exists()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_that_is_away_is_said_in_words(tmp_path: Path, command: str) -> None:
    options = ["--port", str(free_port())] if command == "serve" else []
    url = "postgresql://grader@127.0.0.1:1/grader"
    with grader(tmp_path / "log", command, *options, GRADER_DATABASE_URL=url) as one:
        assert one.wait(30) == 3
    said = (tmp_path / "log").read_text()
    assert said.startswith("error: the database does not answer: ")
    assert "Traceback" not in said
