"""The registries that the operator's own tools use, read from their configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.settings import Settings, settings
from worker.images import upstreams
from worker.images.upstreams import DebianMirror, PythonIndex, debian_mirror, python_index

DEB822 = """\
# the machine's own
Types: deb
# a comment in the middle
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main contrib
"""
ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb https://vendor.example/apt any-version main
deb [signed-by=/x.gpg] http://lines.example/debian bookworm main contrib
deb-src http://sources.example/debian bookworm main
deb http://lines.example/debian-security bookworm-security main
"""


@pytest.fixture
def on_bookworm(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine says that it runs Debian 12."""
    release = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
    monkeypatch.setattr(upstreams, "_os_release", lambda: release)


def _with(**changes: str) -> Settings:
    return settings().model_copy(update={"debian_mirror": None, "pypi_index": None} | changes)


@pytest.mark.usefixtures("on_bookworm")
def test_the_mirror_is_read_from_the_new_format(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    assert debian_mirror(_with(), tmp_path) == DebianMirror(
        "http://mirror.example/debian", "http://mirror.example/debian-security"
    )


@pytest.mark.usefixtures("on_bookworm")
def test_the_mirror_is_read_from_the_old_format(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text(ONE_LINE)
    assert debian_mirror(_with(), tmp_path) == DebianMirror(
        "http://lines.example/debian", "http://lines.example/debian-security"
    )


@pytest.mark.usefixtures("on_bookworm")
def test_a_vendors_repository_is_not_a_mirror_of_debian(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "vendor.list").write_text(ONE_LINE.splitlines()[1])
    found = debian_mirror(_with(), tmp_path)
    assert "vendor" not in found.main
    assert found.security is None


def test_the_setting_wins() -> None:
    changed = _with(debian_mirror="http://own.example/debian/")
    assert debian_mirror(changed) == DebianMirror("http://own.example/debian", None)


def test_another_system_has_no_mirror_of_debian(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstreams, "_os_release", lambda: {"ID": "ubuntu"})
    (tmp_path / "sources.list").write_text(ONE_LINE)
    assert "lines.example" not in debian_mirror(_with(), tmp_path).main


def test_the_index_is_pips_own_default_with_the_host_of_its_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upstreams, "_pip_setting", lambda _name: None)
    found = python_index(_with())
    assert found is not None
    assert found.simple.endswith("/simple/")
    assert len(found.file_hosts) == 1


def test_the_index_is_the_one_pip_is_set_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/simple")
    assert python_index(_with()) == PythonIndex("https://pip.example/simple/", ())
    own = python_index(_with(pypi_index="https://own.example/simple"))
    assert own == PythonIndex("https://own.example/simple/", ())


def test_npm_is_asked_where_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "https://npm.example/path")
    unset = settings().model_copy(update={"npm_registry": None})
    assert upstreams.npm_registry(unset) == "https://npm.example/path/"
    monkeypatch.delenv("npm_config_registry")
    monkeypatch.setenv("PATH", "/nowhere")
    assert upstreams.npm_registry(unset) is None
