"""Honest apps with a cheat in them."""

from __future__ import annotations

from pathlib import Path

from tests.hostile.world import World

START = '\n\nif __name__ == "__main__":\n'
INSTALL = "\n\nimport extra\n\nextra.install(app)\n"


def with_extra(folder: Path, world: World) -> None:
    """Have the app install ``extra.py``, which lies beside it, before it starts."""
    file = folder / "app.py"
    text = file.read_text()
    assert text.count(START) == 1
    file.write_text(text.replace(START, INSTALL + START))
