"""Temporary folders that outlive no worker: what a killed one left, a later one removes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from worker.sandbox.owner import current_owner, has_died

PREFIX = "grader-work-"
_OWNER = "owner"
_CONTENT = "content"
_LONGEST_NAME = 500


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        Path(folder, _OWNER).write_text(current_owner(), encoding="utf-8")
        content = Path(folder, _CONTENT)
        content.mkdir()
        yield content


def remove_dead_workplaces() -> int:
    """Remove the folders of workers that have died.

    Only this user's own are looked at: where everybody may write, anybody may have made a folder
    of such a name.

    Returns:
        How many were removed.
    """
    found = Path(tempfile.gettempdir()).glob(f"{PREFIX}*")
    dead = [folder for folder in found if _is_dead(folder)]
    for folder in dead:
        shutil.rmtree(folder, ignore_errors=True)
    return len(dead)


def _is_dead(folder: Path) -> bool:
    try:
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            return False
        with Path(folder, _OWNER).open(encoding="utf-8") as file:
            return has_died(file.read(_LONGEST_NAME))
    except (OSError, ValueError):
        return False
