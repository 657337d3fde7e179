"""What dead workers leave is removed; what belongs to a living one is not."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator

import docker
import pytest

from tests.support.pods import PYTHON, SERVER, Opened, left_of
from worker.sandbox.app import AppSpec
from worker.sandbox.labels import ATTEMPT, CREATED, OWNER, Identity
from worker.sandbox.owner import current_owner, has_died
from worker.sandbox.reaper import OLD_S, YOUNG_S, is_over, reap
from worker.sandbox.sandbox import Sandbox

NOW = 1_800_000_000.0


def labels(*, owner: str, attempt: str = "a", age: float) -> dict[str, str]:
    return {OWNER: owner, ATTEMPT: attempt, CREATED: str(int(NOW - age))}


@pytest.fixture(scope="module")
def dead() -> str:
    """The name of a process that has ended."""
    code = "from worker.sandbox.owner import current_owner; print(current_owner())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def other() -> Iterator[str]:
    """The name of another process, which runs."""
    code = (
        "from worker.sandbox.owner import current_owner\n"
        "print(current_owner(), flush=True)\ninput()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.kill()


def test_this_process_lives() -> None:
    assert not has_died(current_owner())


def test_another_process_lives(other: str) -> None:
    assert not has_died(other)


def test_a_process_that_ended_is_known_to_be_dead(dead: str) -> None:
    assert has_died(dead)


def test_a_pid_that_somebody_else_has_now_is_dead() -> None:
    space, pid, started = current_owner().rsplit("/", 2)
    assert has_died(f"{space}/{pid}/{int(started) - 1}")


@pytest.mark.parametrize(
    "owner", ["", "/", "///", "boot/1/1/1", "other-boot/4026531836/1/1", "x", "a/b/c/d/e"]
)
def test_what_cannot_be_known_counts_as_alive(owner: str) -> None:
    assert not has_died(owner)


@pytest.mark.parametrize(
    ("attempt", "age", "over"),
    [
        ("alive", 0, False),
        ("alive", OLD_S * 2, False),
        ("gone", 0, False),
        ("gone", YOUNG_S - 1, False),
        ("gone", YOUNG_S + 1, True),
    ],
)
def test_own_attempts(attempt: str, age: float, over: bool) -> None:
    row = labels(owner=current_owner(), attempt=attempt, age=age)
    assert is_over(row, {"alive"}, NOW) is over


def test_own_attempts_that_nobody_lists_are_left_alone() -> None:
    assert not is_over(labels(owner=current_owner(), age=OLD_S * 2), None, NOW)


@pytest.mark.parametrize(("age", "over"), [(0, False), (OLD_S - 1, False), (OLD_S + 1, True)])
def test_attempts_of_an_unknown_worker(age: float, over: bool) -> None:
    assert is_over(labels(owner="elsewhere", age=age), (), NOW) is over


def test_attempts_of_a_dead_worker(dead: str) -> None:
    assert is_over(labels(owner=dead, age=0), (), NOW)


@pytest.mark.parametrize("created", ["", "yesterday", "-1"])
def test_things_without_a_time_count_as_old(created: str) -> None:
    assert is_over({ATTEMPT: "a", CREATED: created}, (), NOW)


@pytest.mark.engine
def test_what_a_killed_worker_leaves_is_removed(
    engine: docker.DockerClient, sandbox: Sandbox, identity: Identity, open_pod: Opened
) -> None:
    """A worker is killed in the middle of a grade; another one keeps on."""
    living = open_pod()
    living.start_app(AppSpec(PYTHON, SERVER))
    code = f"""
        import os, signal
        from grader.settings import settings
        from worker.images.harness import ensure_harness_image
        from worker.sandbox.app import AppSpec
        from worker.sandbox.engine import connect
        from worker.sandbox.images import ImageStore
        from worker.sandbox.labels import VOLUME, Identity
        from worker.sandbox.sandbox import Sandbox
        client = connect(settings())
        image = ensure_harness_image(ImageStore(client), settings()).reference
        identity = Identity("test", {identity.attempt!r})
        pod = Sandbox(client, settings(), image).open_pod(identity)
        pod.start_app(AppSpec({PYTHON!r}, ("sleep", "600")))
        client.volumes.create(labels=identity.labels(VOLUME))
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert len(left_of(engine, identity.attempt)) == 3

    started = time.monotonic()
    reaped = sandbox.reap()

    assert time.monotonic() - started < 10
    assert reaped.containers >= 2
    assert reaped.volumes >= 1
    assert left_of(engine, identity.attempt) == []
    assert living.app_status().running
    assert len(left_of(engine, living.identity.attempt)) == 2


@pytest.mark.engine
def test_what_this_worker_lost_track_of_is_removed_after_a_while(
    engine: docker.DockerClient, sandbox: Sandbox, open_pod: Opened
) -> None:
    pod = open_pod()
    attempt = pod.identity.attempt
    later = time.time() + YOUNG_S + 5
    own = {one.identity.attempt for one in sandbox._watch.pods()} - {attempt}
    reap(sandbox.containers, {*own, attempt}, now=later)
    assert len(left_of(engine, attempt)) == 1
    reap(sandbox.containers, own, now=later)
    assert left_of(engine, attempt) == []
