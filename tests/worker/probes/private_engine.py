"""A second engine for a test: its own files, network and mounts, nothing shared with the first.

The network namespace is no ornament: an engine started with ``--bridge=none`` removes the bridge
``docker0`` of the namespace it is in, which is the operator's engine's.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import DockerException

from tests.support.pods import PYTHON
from worker.sandbox.image_build import BuildLimits, BuildRequest

START_S = 30.0
STOP_S = 20.0
SMALL = BuildLimits(seconds=20, memory_bytes=256 << 20, pids=64, disk_bytes=128 << 20)
# The users that an engine gives to root and the others inside a container.
FIRST_ID = 300_000
_PROGRAMS = ("dockerd", "unshare", "mount", "ip")
# Only the new mount namespace sees the files that are laid over those of the host.
_RUN = """
ip link set lo up
for name in subuid subgid; do mount --bind "$0/$name" "/etc/$name" || exit 1; done
exec dockerd --config-file="$0/daemon.json" \\
  --containerd-namespace=grader-probe --containerd-plugins-namespace=grader-probe-plugins
"""


@contextlib.contextmanager
def private_engine(folder: Path, options: Mapping[str, Any]) -> Iterator[docker.DockerClient]:
    """Start an engine with the Python image in it; stopped and removed at the end.

    Args:
        folder: An empty folder with a short path, for a socket's has to be.
        options: Further keys of the engine's ``daemon.json``.
    """
    lacking = [name for name in _PROGRAMS if shutil.which(name, path=_path()) is None]
    if os.geteuid() != 0 or lacking:
        pytest.skip(f"a second engine needs root and {', '.join(lacking) or 'nothing else'}")
    _write(folder, options)
    with (folder / "log").open("wb") as log:
        command = ["unshare", "--net", "--mount", "bash", "-c", _RUN, str(folder)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "PATH": _path()},
        )
    client = None
    try:
        client = _connect(folder, process)
        yield client
        for one in client.containers.list(all=True):
            one.remove(force=True)
    finally:
        if client is not None:
            client.close()
        _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _path() -> str:
    return f"{os.environ['PATH']}:/usr/sbin:/sbin"


def _write(folder: Path, options: Mapping[str, Any]) -> None:
    folder.chmod(0o711)  # mapped users pass through it
    for name in ("subuid", "subgid"):
        (folder / name).write_text(f"nobody:{FIRST_ID}:65536\n", encoding="utf-8")
    for name in ("data", "exec"):
        (folder / name).mkdir()
    config = {
        "hosts": [f"unix://{folder}/socket"],
        "data-root": f"{folder}/data",
        "exec-root": f"{folder}/exec",
        "pidfile": f"{folder}/pid",
        "bridge": "none",
        "iptables": False,
        **options,
    }
    (folder / "daemon.json").write_text(json.dumps(config), encoding="utf-8")


def _connect(folder: Path, process: subprocess.Popen[bytes]) -> docker.DockerClient:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        # It makes the socket early, and answers once it is ready.
        if (folder / "socket").exists():
            with contextlib.suppress(DockerException):
                return docker.DockerClient(f"unix://{folder}/socket", timeout=60)
        time.sleep(0.1)
    raise AssertionError((folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def give_python(engine: docker.DockerClient, other: docker.DockerClient) -> None:
    """Copy the Python image from one engine to another."""
    saved = b"".join(engine.images.get(PYTHON).save(named=True))
    other.images.load(saved)


def asked(run: str, name: str, network: str = "none", limits: BuildLimits = SMALL) -> BuildRequest:
    """A build of one step on the Python image, with small limits."""
    text = f"FROM {PYTHON}\nRUN {run}\n".encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        row = tarfile.TarInfo("Dockerfile")
        row.size = len(text)
        tar.addfile(row, io.BytesIO(text))
    tag = f"grader/probe:{name}"
    return BuildRequest(packed.getvalue(), tag=tag, limits=limits, network=network)
