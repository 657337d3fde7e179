"""The logic of ``grader doctor``: what is missing on this machine, and how to get it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import PlatformError
from grader.settings import Settings
from worker.builds.gateway import gateway_is_up
from worker.builds.mirror import ALIAS
from worker.images.certificates import private_certificates
from worker.images.harness import CODE_ROLE
from worker.images.making import missing_bases
from worker.sandbox.containers import Containers
from worker.sandbox.engine import connect
from worker.sandbox.images import ImageStore
from worker.sandbox.labels import ROLE
from worker.sandbox.runtimes import check_runtimes

PYTHON = (3, 11)
GIB = 1024**3
# Base images take some 2 GiB; a few builds and their images need room beside them.
DISK_BYTES = 8 * GIB
# A build may use 2 GiB by default, an app and two harnesses run beside it.
MEMORY_BYTES = 3 * GIB
GIT_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's answer.

    Attributes:
        ok: Whether nothing has to be done.
        name: What was looked at.
        detail: What was found.
        hint: One command or step that mends it; empty where it is ok.
    """

    ok: bool
    name: str
    detail: str
    hint: str = ""


def doctor(settings: Settings) -> list[Finding]:
    """Look at everything that grading needs on this machine; changes nothing.

    Args:
        settings: The operator's settings.

    Returns:
        One finding for each thing, in the order in which they depend on each other.
    """
    return [
        _python(),
        _git(),
        _certificates(settings),
        _disk("disk for caches", settings.state_dir),
        *_engine(settings),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= PYTHON
    return Finding(ok, "Python", version, "" if ok else "make setup PYTHON=/path/to/python3.11")


def _git() -> Finding:
    program = shutil.which("git")
    if program is None:
        return Finding(False, "git", "not found", "apt-get install git")
    done = subprocess.run(
        [program, "--version"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=GIT_TIMEOUT_S,
    )
    version = done.stdout.strip().removeprefix("git version ")
    if done.returncode != 0:
        return Finding(False, "git", f"{program} does not run", "apt-get install --reinstall git")
    return Finding(True, "git", version)


def _certificates(settings: Settings) -> Finding:
    bundle = settings.ca_bundle
    if bundle is None:
        return Finding(True, "CA bundle", "none set: public certificates only")
    try:
        extra = len(private_certificates(bundle))
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "set GRADER_CA_BUNDLE to a PEM file, or unset it"
        return Finding(False, "CA bundle", f"{bundle}: {reason}", hint)
    return Finding(True, "CA bundle", f"{bundle}, {extra} besides the public ones")


def _disk(name: str, folder: Path) -> Finding:
    place = next((path for path in (folder, *folder.parents) if path.is_dir()), Path("/"))
    free = shutil.disk_usage(place).free
    ok = free >= DISK_BYTES
    detail = f"{free / GIB:.1f} GiB free at {place}"
    return Finding(ok, name, detail, "" if ok else f"free {DISK_BYTES // GIB} GiB there")


def _engine(settings: Settings) -> Iterator[Finding]:
    try:
        client = connect(settings)
    except PlatformError as error:
        yield Finding(False, "container engine", error.title, "make engine")
        return
    try:
        info = Containers(client).info()
        yield _engine_facts(info)
        yield _runtimes(info, settings)
        yield _call_filter(info)
        yield _build_limits(info)
        yield _memory(info)
        root = Path(str(info.get("DockerRootDir", "/")))
        if root.is_dir():
            yield _disk("disk for images", root)
        store = ImageStore(client)
        yield _bases(store, settings)
        yield _harness(store)
        up = gateway_is_up(client, settings)
        detail = "running" if up else f"{ALIAS} is not running as it should"
        yield Finding(up, "build gateway", detail, "" if up else "grader images")
    except PlatformError as error:
        yield Finding(False, "container engine", error.title, "make engine")
    finally:
        client.close()


def _engine_facts(info: Mapping[str, Any]) -> Finding:
    driver = str(info.get("Driver"))
    detail = (
        f"{info.get('ServerVersion')}, {driver}, cgroup v{info.get('CgroupVersion', '1')} "
        f"({info.get('CgroupDriver')})"
    )
    # vfs copies every layer: correct, but a grade then takes minutes and the disk fills.
    if driver == "vfs":
        hint = 'set "storage-driver": "overlay2" in /etc/docker/daemon.json and restart the engine'
        return Finding(False, "container engine", detail, hint)
    return Finding(True, "container engine", detail)


def _runtimes(info: Mapping[str, Any], settings: Settings) -> Finding:
    """Whether the engine can start pods, and builds behind the wall that the operator wants."""
    try:
        check_runtimes(info, settings)
    except PlatformError as error:
        return Finding(False, "runtimes", error.title, error.hint)
    default = info.get("DefaultRuntime")
    return Finding(True, "runtimes", f"{settings.pod_runtime or default}, builds on {default}")


def _call_filter(info: Mapping[str, Any]) -> Finding:
    """Whether calls to the kernel can be filtered; without that no pod starts."""
    ok = any("seccomp" in str(option) for option in info.get("SecurityOptions") or [])
    if ok:
        return Finding(True, "call filter", "seccomp")
    hint = "use a kernel with CONFIG_SECCOMP_FILTER and an engine built with seccomp"
    return Finding(False, "call filter", "this engine cannot filter system calls", hint)


def _build_limits(info: Mapping[str, Any]) -> Finding:
    """Whether a build's processes and memory can be bounded together."""
    if info.get("CgroupDriver") == "cgroupfs" and os.geteuid() == 0:
        return Finding(True, "build limits", "memory, processes, CPU and disk")
    detail = "processes of a build are not limited here"
    hint = (
        "run the worker as root beside an engine with "
        '"exec-opts": ["native.cgroupdriver=cgroupfs"] in /etc/docker/daemon.json'
    )
    return Finding(False, "build limits", detail, hint)


def _memory(info: Mapping[str, Any]) -> Finding:
    total = int(info.get("MemTotal") or 0)
    ok = total >= MEMORY_BYTES
    hint = "" if ok else "lower GRADER_BUILD_MEMORY_MB and the other *_MEMORY_MB settings"
    return Finding(ok, "memory", f"{total / GIB:.1f} GiB", hint)


def _bases(store: ImageStore, settings: Settings) -> Finding:
    missing = missing_bases(store, settings)
    detail = f"missing or out of date: {', '.join(missing)}" if missing else "all present"
    return Finding(not missing, "base images", detail, "grader images" if missing else "")


def _harness(store: ImageStore) -> Finding:
    found = store.list({ROLE: CODE_ROLE})
    if found:
        return Finding(True, "harness image", "present")
    return Finding(False, "harness image", "not built yet", "grader images")
