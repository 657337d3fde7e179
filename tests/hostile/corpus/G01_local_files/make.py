"""Files that hang whoever reads them, or that hold what a report must not show."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.world import World
from tests.worker.sources_support import RawRepository


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    os.mkfifo(folder / "fifo")
    os.mkfifo(folder / "fifo.zip")
    RawRepository(folder / "bare.git").commit_entries()
    yield {
        name: Handed(str(folder / name), code=code)
        for name, code in {
            "fifo": "source.not_found",
            "fifo.zip": "source.not_found",
            "bare.git": "source.bare_repository",
            "nowhere": "source.not_found",
            "/dev/zero": "source.not_found",
            "/dev/stdin": "source.not_found",
            # Holds the canary among the worker's secrets.
            "/proc/self/environ": "source.not_an_archive",
            "/etc/passwd": "source.not_an_archive",
            "~nobody-of-that-name/x": "source.not_found",
        }.items()
    }
