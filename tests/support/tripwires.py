"""Programs that nothing may start while a submission is fetched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

# Programs that git could be talked into starting.
TRIPWIRES = ("ssh", "git-lfs", "gpg", "less", "vi", "editor", "touch", "curl", "wget", "python3")


@contextmanager
def tripwires(folder: Path) -> Iterator[Path]:
    """Put tripwires first on the PATH.

    Args:
        folder: Is there; ``wires`` and ``tripped`` are made in it.

    Yields:
        A file that exists once one was touched, and says which.
    """
    wires, trace = folder / "wires", folder / "tripped"
    wires.mkdir()
    for name in TRIPWIRES:
        wire = wires / name
        wire.write_text(f'#!/bin/sh\necho "{name} $*" >> {trace}\nexit 1\n', encoding="utf-8")
        wire.chmod(0o755)
    with patch.dict(os.environ, {"PATH": f"{wires}:{os.environ['PATH']}"}):
        yield trace
