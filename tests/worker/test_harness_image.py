"""The harness image: what is in it, and that it is made once."""

from __future__ import annotations

import subprocess
import time
import tomllib
from pathlib import Path
from typing import Any

import docker
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from grader.domain.verdicts import HarnessKind
from grader.errors import PlatformError
from grader.settings import settings
from tests.support.pods import told_by_harness
from worker.images import harness
from worker.images.harness import LIBRARIES, code_files, ensure_harness_image
from worker.sandbox.images import ImageStore
from worker.sandbox.pod import Pod

PROJECT = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
PINS = {
    one.name: next(iter(one.specifier)).version
    for line in LIBRARIES.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
    for one in [Requirement(line)]
}


@pytest.mark.parametrize("line", PROJECT["project"]["dependencies"])
def test_pins_fit_what_the_project_asks_for(line: str) -> None:
    wanted = Requirement(line)
    if wanted.name in PINS:
        assert wanted.specifier.contains(Version(PINS[wanted.name]))


def test_code_is_the_kit_the_harnesses_and_the_domain(tmp_path: Path) -> None:
    for name in (
        "kit/check.py",
        "links/test_links.py",
        "links/samples/reference/app.py",
        "links/__pycache__/test_links.cpython-311.pyc",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    names = list(code_files(tmp_path))
    assert "harnesses/kit/check.py" in names
    assert "harnesses/links/test_links.py" in names
    assert "grader/__init__.py" in names
    assert "grader/domain/events.py" in names
    assert not [name for name in names if "samples" in name or name.endswith(".pyc")]
    assert not [name for name in names if name.startswith(("grader/settings", "worker"))]
    assert names == sorted(names)


class Uv:
    """Stands in for subprocess.run: the tools named fail, all others do nothing."""

    def __init__(self, *failing: str) -> None:
        self._failing = failing
        self.used: list[str] = []
        self.environment: dict[str, str] = {}

    def __call__(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        tool = command[2]
        self.used.append(tool)
        self.environment = options["env"]
        code = 1 if tool in self._failing else 0
        return subprocess.CompletedProcess(command, code, "", f"{tool} says no")


def test_pip_is_tried_where_uv_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = Uv("uv")
    monkeypatch.setattr(subprocess, "run", tools)
    harness._install(tmp_path, settings(), "x86_64")
    assert tools.used == ["uv", "pip"]


def test_both_say_why_they_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", Uv("uv", "pip"))
    with pytest.raises(PlatformError) as caught:
        harness._install(tmp_path, settings(), "x86_64")
    assert caught.value.code == "images.harness_libraries"
    assert caught.value.log == "uv says no\npip says no"


def test_operators_index_and_certificates_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = Uv()
    monkeypatch.setattr(subprocess, "run", tools)
    bundle = tmp_path / "ca.pem"
    operators = settings().model_copy(
        update={"pypi_index": "https://index.example/simple", "ca_bundle": bundle}
    )
    harness._install(tmp_path, operators, "x86_64")
    assert tools.environment["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert tools.environment["PIP_INDEX_URL"] == "https://index.example/simple"
    assert tools.environment["SSL_CERT_FILE"] == tools.environment["PIP_CERT"] == str(bundle)


@pytest.mark.engine
def test_without_its_base(engine: docker.DockerClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "BASE", "grader/base/no-such:1")
    with pytest.raises(PlatformError) as caught:
        ensure_harness_image(ImageStore(engine), settings())
    assert caught.value.code == "images.harness_base"


@pytest.mark.engine
def test_changed_code_is_a_new_image_within_seconds(
    engine: docker.DockerClient, tmp_path: Path
) -> None:
    store = ImageStore(engine)
    usual = ensure_harness_image(store, settings())
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "test_links.py").write_text(f"NOW = {time.time()}")
    changed = settings().model_copy(update={"harnesses_dir": tmp_path})
    started = time.monotonic()
    image = ensure_harness_image(store, changed)
    seconds = time.monotonic() - started
    store.remove(image.reference)
    assert image.reference != usual.reference
    assert image.digest != usual.digest
    assert seconds < 10  # 0.8 s on an idle machine


@pytest.mark.engine
def test_nothing_is_built_twice(engine: docker.DockerClient) -> None:
    store = ImageStore(engine)
    first = ensure_harness_image(store, settings())
    started = time.monotonic()
    assert ensure_harness_image(store, settings()) == first
    assert time.monotonic() - started < 1  # 10 ms on an idle machine


@pytest.mark.engine
def test_imports_come_from_the_image_alone(pod: Pod) -> None:
    code = """
import sys, grader.domain.events, harnesses.kit
tell([sys.path, grader.domain.events.__file__, sys.flags.isolated, sys.dont_write_bytecode])
"""
    path, file, isolated, _ = told_by_harness(pod, code)
    assert file == "/opt/grader/grader/domain/events.py"
    assert isolated
    assert "" not in path
    assert "/opt/grader" in path
    assert not [one for one in path if one.startswith(("/tmp", "/home", "/work"))]


@pytest.mark.engine
@pytest.mark.parametrize("kind", HarnessKind)
def test_libraries_of_every_kind_can_be_imported(pod: Pod, kind: HarnessKind) -> None:
    """As user, and on the read-only root, that harnesses have."""
    first = "from gevent import monkey; monkey.patch_all()\n" if kind is HarnessKind.LOAD else ""
    code = f"""{first}
import importlib
from harnesses.kit.__main__ import RUNNERS
from grader.domain.verdicts import HarnessKind
tell(importlib.import_module(RUNNERS[HarnessKind("{kind}")]).__name__)
"""
    assert told_by_harness(pod, code, 60) == f"harnesses.kit.{kind}.runner"


@pytest.mark.engine
def test_bytecode_is_there_for_everything(pod: Pod) -> None:
    code = """
import pathlib
roots = [pathlib.Path("/opt/grader"), pathlib.Path("/opt/venv/lib")]
missing = [
    str(file) for root in roots for file in root.rglob("*.py")
    if "/test" not in str(file) and "/tests/" not in str(file)
    and not list((file.parent / "__pycache__").glob(file.stem + ".*.pyc"))
]
tell(missing[:20])
"""
    assert told_by_harness(pod, code, 60) == []


def test_a_syntax_error_in_a_harness_is_named_with_its_line() -> None:
    log = (
        "Step 4/6 : RUN compileall\n"
        "*** Error compiling '/opt/grader/harnesses/links/test_links.py'...\n"
        '  File "/opt/grader/harnesses/links/test_links.py", line 19\n'
        "    deff test_unknown(api, rng):\n"
        "         ^^^^\n"
        "SyntaxError: invalid syntax\n\n"
        "Removing intermediate container a9e8\n"
    )
    words = harness._syntax_errors(log)
    assert 'File "harnesses/links/test_links.py", line 19' in words
    assert words.endswith("SyntaxError: invalid syntax")
    assert harness._syntax_errors("Step 1/6 : FROM x\nno space left on device\n") == ""
