"""A build that is ended leaves nothing on the engine, nor goes on filling its disk."""

from __future__ import annotations

import io
import os
import tarfile
import time
import uuid

import docker
import pytest

from tests.support.pods import PYTHON
from worker.sandbox.image_build import BuildEnd, BuildError, BuildLimits, BuildRequest, build_image

# It measures the engine's disk.
pytestmark = [pytest.mark.engine, pytest.mark.alone]

MIB = 1024 * 1024
LIMITS = BuildLimits(seconds=60, disk_bytes=128 * MIB)
HOLES = "for i in range(60): os.truncate(os.open({name}, os.O_CREAT | os.O_WRONLY), 100 << 20)"
# What a step writes before it ends well: 6 GB, nearly all of it holes, which the engine fills.
PROGRAMS = {
    "plain": HOLES.format(name='f"/hole{i}"'),
    "in a folder": "os.mkdir('/new')\n" + HOLES.format(name='f"/new/{i}"'),
    "odd names": HOLES.format(name=r"""'/<&"\\é' + str(i)"""),
    "no text": HOLES.format(name="b'/\\xff%d' % i"),
    "behind many small ones": (
        "for i in range(60_000): os.close(os.open(f'/a{i}', os.O_CREAT))\n"
        + HOLES.format(name='f"/z{i}"')
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_copying_what_a_step_wrote_is_cut_short(engine: docker.DockerClient, name: str) -> None:
    label = _label()
    with pytest.raises(BuildError) as ended:
        build_image(engine, _request(PROGRAMS[name], label=label))
    assert ended.value.kind is BuildEnd.DISK
    assert _images(engine, label) == []
    root = engine.info()["DockerRootDir"]
    free = _free(root)
    time.sleep(2)
    assert free - _free(root) < 100 * MIB, "the engine goes on copying"


def test_images_of_a_failed_build_are_removed(engine: docker.DockerClient) -> None:
    label = _label()
    with pytest.raises(BuildError) as ended:
        build_image(engine, _request("open('/one', 'w')", "sys.exit(3)", label=label))
    assert ended.value.kind is BuildEnd.FAILED
    assert _images(engine, label) == []


def test_a_step_cannot_have_an_image_of_somebody_else_removed(engine: docker.DockerClient) -> None:
    other = engine.images.get(PYTHON)
    assert other.id
    short = other.id.removeprefix("sha256:")[:12]
    with pytest.raises(BuildError):
        build_image(engine, _request(f"print(' ---> {short}'); sys.exit(1)"))
    assert engine.images.get(PYTHON).id == other.id


def _label() -> str:
    """What all images of one build have, from its first step on."""
    return f"of={uuid.uuid4().hex}"


def _request(*programs: str, label: str = "of=nothing") -> BuildRequest:
    """A build with a step for each program."""
    texts = [f"import os, sys\n{text}\n" for text in programs]
    files = {f"step{number}.py": text for number, text in enumerate(texts)}
    steps = "".join(f"COPY {file} /\nRUN python3 /{file}\n" for file in files)
    files["Dockerfile"] = f"FROM {PYTHON}\nLABEL {label}\nUSER root\n{steps}"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for file, text in files.items():
            member = tarfile.TarInfo(file)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return BuildRequest(packed.getvalue(), tag="grader/test:leftovers", limits=LIMITS)


def _images(engine: docker.DockerClient, label: str) -> list[str]:
    return [row["Id"] for row in engine.api.images(all=True, filters={"label": label})]


def _free(root: str) -> int:
    status = os.statvfs(root)
    return status.f_bavail * status.f_frsize
