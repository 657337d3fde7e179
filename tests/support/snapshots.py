"""Snapshots: files that hold what a program printed when a person last agreed with it."""

from __future__ import annotations

import os
from pathlib import Path


def assert_snapshot(path: Path, text: str) -> None:
    """The text is what the file holds; ``UPDATE_SNAPSHOTS=1`` writes the file instead."""
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    agreed = path.read_text(encoding="utf-8") if path.is_file() else ""
    assert text == agreed, f"{path.name} differs; UPDATE_SNAPSHOTS=1 pytest … accepts the new text"
