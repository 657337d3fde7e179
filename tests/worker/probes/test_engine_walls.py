"""What an operator can add by the engine's own settings (docs/security.md), tried on an engine.

User namespaces, our call filter and no-new-privileges for builds too: the build API can ask for
none of them, the engine's configuration can.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from tests.support.pods import PYTHON
from tests.worker.probes.private_engine import FIRST_ID, asked, give_python, private_engine
from worker.sandbox.app import AppSpec, app_config
from worker.sandbox.containers import Containers
from worker.sandbox.image_build import BuildEnd, BuildError, build_image
from worker.sandbox.limits import Limits
from worker.sandbox.own import pause_config
from worker.sandbox.seccomp import profile

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def walled(engine: docker.DockerClient) -> Iterator[docker.DockerClient]:
    """An engine with every wall that docs/security.md names."""
    before = _links()
    with tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as name:
        folder = Path(name, "e")
        folder.mkdir()
        Path(name).chmod(0o711)
        filter_ = Path(name, "seccomp.json")
        filter_.write_text(json.dumps(profile()), encoding="utf-8")
        options = {
            "userns-remap": "nobody:nogroup",
            "seccomp-profile": str(filter_),
            "no-new-privileges": True,
        }
        with private_engine(folder, options) as client:
            give_python(engine, client)
            yield client
    assert _links() == before, "a second engine changed the bridges of the first"


def _links() -> list[str]:
    """The bridges of this machine; other tests may come and go with the rest."""
    rows = subprocess.run(
        ["ip", "-o", "link", "show", "type", "bridge"], capture_output=True, text=True, check=True
    )
    return sorted(row.split(": ")[1] for row in rows.stdout.splitlines() if "docker0" in row)


def test_builds_are_behind_all_of_them(walled: docker.DockerClient) -> None:
    code = (
        "import ctypes; c = ctypes.CDLL(None, use_errno=True);"
        "print('AF_ALG', c.socket(38, 5, 0), ctypes.get_errno())"
    )
    built = build_image(
        walled,
        asked(f'cat /proc/self/uid_map /proc/self/status && python3 -c "{code}"', "walls"),
    )
    words = built.log.split()
    assert words[words.index("Seccomp:") + 1] == "2"
    assert words[words.index("NoNewPrivs:") + 1] == "1"
    assert str(FIRST_ID) in words, "root inside is nobody outside"
    assert "AF_ALG -1 97" in built.log


def test_packages_and_users_can_still_be_made(walled: docker.DockerClient) -> None:
    run = "useradd -m joe && chown -R joe /srv && python3 -m venv /venv && /venv/bin/pip --version"
    assert "pip " in build_image(walled, asked(run, "users")).log


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        ("bash -c 'f() { f | f & }; f; sleep 30'", BuildEnd.PIDS),
        ("python3 -c \"x = b'x' * (1 << 30)\"", BuildEnd.MEMORY),
        ("dd if=/dev/zero of=/big bs=1M count=500", BuildEnd.DISK),
    ],
)
def test_limits_of_builds_hold(walled: docker.DockerClient, run: str, kind: BuildEnd) -> None:
    with pytest.raises(BuildError) as raised:
        build_image(walled, asked(run, kind))
    assert raised.value.kind is kind


def test_a_pod_works(walled: docker.DockerClient) -> None:
    """The app joins a namespace of networks that belongs to another user namespace's root."""
    containers = Containers(walled)
    pause = containers.create(pause_config(PYTHON, {}))
    containers.start(pause)
    spec = AppSpec(PYTHON, ("sh", "-c", "chown 4711 /srv && exec python3 -m http.server 80"))
    limits = Limits(memory_mb=128, pids=32, cpus=1.0)
    config = app_config(spec, limits, {}, namespace=pause, mounts=[], kernel_memory_tcp=False)
    app = containers.create(config)
    containers.start(app)
    asking = "import urllib.request as u; print(u.urlopen('http://127.0.0.1/', timeout=5).status)"
    command = [
        "sh",
        "-c",
        f'for i in 1 2 3 4 5 6; do sleep 0.5; python3 -c "{asking}" && exit; done',
    ]
    said = walled.containers.run(
        PYTHON, command, network_mode=f"container:{pause}", remove=True, stderr=False
    )
    assert said.strip() == b"200"
    assert (containers.state(app) or {})["Running"]
