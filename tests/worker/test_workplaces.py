"""Folders of workers: gone when the work is done, and gone when the worker has died."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from worker.workplaces import PREFIX, remove_dead_workplaces, workplace

KILLED = """
import os, signal
from worker.workplaces import workplace
with workplace() as folder:
    (folder / "source.tar").write_text("much")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which they are made."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_an_empty_folder_while_the_work_lasts(shared: Path) -> None:
    with workplace() as folder:
        assert list(folder.iterdir()) == []
        assert folder.is_relative_to(shared)
    assert list(shared.iterdir()) == []


def test_what_a_killed_worker_left_is_removed(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(shared))
    subprocess.run([sys.executable, "-c", KILLED], check=False, timeout=30)
    assert len(list(shared.glob(f"{PREFIX}*/content/source.tar"))) == 1
    assert remove_dead_workplaces() == 1
    assert list(shared.iterdir()) == []


def test_a_living_worker_keeps_its_folder(shared: Path) -> None:
    with workplace() as folder:
        assert remove_dead_workplaces() == 0
        assert folder.is_dir()


def test_a_folder_that_only_has_such_a_name_is_left_alone(shared: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "owner").write_text("a/b/1/0")
    (shared / f"{PREFIX}link").symlink_to(elsewhere)
    (shared / f"{PREFIX}other").mkdir()
    (shared / f"{PREFIX}other" / "owner").write_bytes(b"\xff\xfe")
    assert remove_dead_workplaces() == 0
    assert (shared / f"{PREFIX}other").is_dir()
    assert elsewhere.is_dir()
