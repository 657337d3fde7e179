"""A worker that is killed leaves nothing that a later one does not remove."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import docker
import pytest

from tests.hostile.grade_once import SUBMISSION
from tests.hostile.half_an_upload import half_an_upload
from tests.hostile.invariants import nothing_left
from tests.hostile.rows import BLOG
from tests.hostile.stage import write_sample
from worker.workbench import Workbench

MIB = 2**20
DOCKERFILE = 'FROM python:3.11-slim\nCOPY . /app\nWORKDIR /app\nCMD ["python", "server.py"]\n'


@pytest.mark.engine
def test_killed_in_the_middle_of_an_upload(
    bench: Workbench, engine: docker.DockerClient, tmp_path: Path
) -> None:
    """B38: graded again it has one result, and neither files nor containers stay behind."""
    source, scratch = tmp_path / "submission", tmp_path / "scratch"
    source.mkdir()
    scratch.mkdir()
    write_sample(bench, BLOG, "plain_http_server", source)
    (source / "Dockerfile").write_text(DOCKERFILE)
    (source / "ballast").write_bytes(os.urandom(32 * MIB))

    way = tmp_path / "engine.sock"
    with half_an_upload(way, stop_at=16 * MIB) as half:
        killed = _grade(source, scratch, f"unix://{way}")
        try:
            assert half.reached.wait(60), "nothing of that size was uploaded"
        finally:
            killed.kill()
            told, _ = killed.communicate()
    assert told == b""
    assert list(scratch.iterdir()), "the killed worker had a folder of its own"

    told, _ = _grade(source, scratch).communicate(timeout=120)
    assert told == b"graded True\n"
    assert list(scratch.iterdir()) == []
    nothing_left(engine, SUBMISSION, frozenset())


def _grade(folder: Path, scratch: Path, engine: str = "") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.hostile.grade_once", str(folder)]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    if engine:
        environment["GRADER_DOCKER_HOST"] = engine
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
