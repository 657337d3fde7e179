"""What the doctor finds, and that every complaint comes with one thing to do."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import pytest

from grader.cli import doctor as module
from grader.cli.doctor import Finding, doctor
from grader.settings import Settings, settings

NAMES = [
    "Python",
    "git",
    "CA bundle",
    "disk for caches",
    "container engine",
    "runtimes",
    "call filter",
    "build limits",
    "memory",
    "disk for images",
    "base images",
    "harness image",
    "build gateway",
]
WELL = {
    "ServerVersion": "20.10.24",
    "Driver": "overlay2",
    "CgroupDriver": "cgroupfs",
    "CgroupVersion": "1",
    "MemTotal": 8 * 1024**3,
    "Runtimes": {"runc": {"path": "runc"}},
    "DefaultRuntime": "runc",
    "SecurityOptions": ["name=seccomp,profile=default"],
}


def _doctor_without_engine(changed: Settings) -> dict[str, Finding]:
    # The client leaves the socket open that it could not connect; collected here, not later.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        findings = doctor(changed)
        gc.collect()
    return _by_name(findings)


def _by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


@pytest.mark.engine
def test_on_a_machine_that_is_set_up_there_is_one_finding_for_each_thing() -> None:
    findings = doctor(settings())
    assert [finding.name for finding in findings] == NAMES
    assert all(finding.detail for finding in findings)
    assert [finding for finding in findings if bool(finding.hint) == finding.ok] == []


def test_without_an_engine_it_says_how_to_get_one(tmp_path: Path) -> None:
    nowhere = settings().model_copy(
        update={"docker_host": f"unix://{tmp_path}/none.sock", "state_dir": tmp_path}
    )
    findings = _doctor_without_engine(nowhere)
    engine = findings["container engine"]
    assert not engine.ok
    assert f"{tmp_path}/none.sock" in engine.detail
    assert engine.hint == "make engine"
    assert "base images" not in findings


def test_a_bundle_that_is_not_there_is_named(tmp_path: Path) -> None:
    absent = tmp_path / "absent.pem"
    changed = settings().model_copy(
        update={"ca_bundle": absent, "docker_host": f"unix://{tmp_path}/none.sock"}
    )
    found = _doctor_without_engine(changed)["CA bundle"]
    assert not found.ok
    assert str(absent) in found.detail
    assert "GRADER_CA_BUNDLE" in found.hint


def test_without_git_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert module._git() == Finding(False, "git", "not found", "apt-get install git")


def test_a_full_disk_is_told_in_gibibytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "DISK_BYTES", 10**18)
    found = module._disk("disk for caches", tmp_path / "not" / "yet")
    assert not found.ok
    assert str(tmp_path) in found.detail
    assert "GiB" in found.detail


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        ({"Driver": "vfs"}, "container engine", "overlay2"),
        ({"DefaultRuntime": "runsc"}, "runtimes", "GRADER_POD_RUNTIME=runc"),
        ({"SecurityOptions": []}, "call filter", "CONFIG_SECCOMP_FILTER"),
        ({"CgroupDriver": "systemd"}, "build limits", "cgroupfs"),
        ({"MemTotal": 1024**3}, "memory", "GRADER_BUILD_MEMORY_MB"),
    ],
)
def test_an_engine_that_does_not_do(
    change: dict[str, object], name: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.os, "geteuid", lambda: 0)
    looks = {
        "container engine": module._engine_facts,
        "runtimes": lambda info: module._runtimes(info, settings()),
        "call filter": module._call_filter,
        "build limits": module._build_limits,
        "memory": module._memory,
    }
    assert looks[name](WELL).ok
    found = looks[name](WELL | change)
    assert not found.ok
    assert words in found.hint
