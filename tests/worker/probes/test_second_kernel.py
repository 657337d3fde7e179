"""Builds behind gVisor's kernel, where ``runsc`` is installed; pods stay with runc.

The engine that is tried is one of our own: registering a runtime needs no change of the operator's.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from grader.errors import PlatformError
from grader.settings import settings
from tests.support.pods import PYTHON
from tests.worker.probes.private_engine import SMALL, asked, give_python, private_engine
from worker.sandbox.containers import Containers
from worker.sandbox.image_build import BuildEnd, BuildError, build_image
from worker.sandbox.own import pause_config
from worker.sandbox.runtimes import check_runtimes
from worker.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.engine

NETWORK = "grader-probe-inner"
SERVED = "[len(u.urlopen('http://web/usr/bin/env', timeout=5).read()) > 1000 for _ in range(20)]"


def test_a_runtime_that_the_engine_lacks_is_told_at_start(engine: docker.DockerClient) -> None:
    changed = settings().model_copy(update={"pod_runtime": "no-such-runtime"})
    with pytest.raises(PlatformError) as raised:
        Sandbox(engine, changed, PYTHON)
    assert raised.value.code == "engine.no_runtime"
    assert "no-such-runtime" in raised.value.title


def test_pods_name_their_runtime(engine: docker.DockerClient) -> None:
    containers = Containers(engine, "runc")
    made = containers.create(pause_config(PYTHON, {}))
    try:
        assert engine.containers.get(made).attrs["HostConfig"]["Runtime"] == "runc"
    finally:
        containers.remove(made)


@pytest.fixture(scope="module")
def second_kernel(engine: docker.DockerClient) -> Iterator[docker.DockerClient]:
    """An engine whose builds run on runsc."""
    program = shutil.which("runsc")
    if program is None:
        pytest.fail("runsc is not installed; the package of that name has it (`make test` asks)")
    options = {
        # Docker's networks are not known inside a kernel of its own; this lends it the host's
        # network namespace of the container, which is the build's own.
        "runtimes": {"runsc": {"path": program, "runtimeArgs": ["--network=host"]}},
        "default-runtime": "runsc",
    }
    with tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as name:
        folder = Path(name, "e")
        folder.mkdir()
        with private_engine(folder, options) as client:
            give_python(engine, client)
            yield client


def test_builds_see_another_kernel(second_kernel: docker.DockerClient) -> None:
    # The second kernel is made of some 60 threads itself, and they count.
    limits = replace(SMALL, pids=256)
    run = "dmesg && useradd -m joe && id joe"
    log = build_image(second_kernel, asked(run, "kernel", limits=limits)).log
    assert "gVisor" in log
    assert "(joe)" in log


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        ("bash -c 'f() { f | f & }; f; sleep 30'", BuildEnd.PIDS),
        ("python3 -c \"x = b'x' * (1 << 30)\"", BuildEnd.MEMORY),
        ("dd if=/dev/zero of=/big bs=1M count=500", BuildEnd.DISK),
        ("sleep 600", BuildEnd.TIMEOUT),
    ],
)
def test_limits_of_builds_hold(
    second_kernel: docker.DockerClient, run: str, kind: BuildEnd
) -> None:
    with pytest.raises(BuildError) as raised:
        build_image(second_kernel, asked(run, kind, limits=replace(SMALL, seconds=8)))
    assert raised.value.kind is kind


def test_builds_reach_the_gateways_network(second_kernel: docker.DockerClient) -> None:
    containers = Containers(second_kernel, "runc")
    second_kernel.networks.create(NETWORK, internal=True)
    config = {
        "Image": PYTHON,
        "Cmd": ["python3", "-m", "http.server", "80"],
        "HostConfig": {"NetworkMode": NETWORK},
        "NetworkingConfig": {"EndpointsConfig": {NETWORK: {"Aliases": ["web"]}}},
    }
    containers.start(containers.create(config))
    run = f'sleep 1; python3 -c "import urllib.request as u; print(all({SERVED}))"'
    assert "True" in build_image(second_kernel, asked(run, "network", NETWORK)).log


def test_pods_are_refused_there_unless_they_name_runc(second_kernel: docker.DockerClient) -> None:
    info = Containers(second_kernel).info()
    usual = settings().model_copy(update={"pod_runtime": None, "build_runtime": "runsc"})
    with pytest.raises(PlatformError) as raised:
        check_runtimes(info, usual)
    assert raised.value.code == "engine.pod_runtime"
    check_runtimes(info, usual.model_copy(update={"pod_runtime": "runc"}))
