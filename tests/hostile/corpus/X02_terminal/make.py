"""Terminal sequences: titles, links, the clipboard, cursor moves, 8-bit controls."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.texts import check, handed_in
from tests.hostile.world import World
from tests.support import payloads

__all__ = ["check", "sources"]


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with handed_in(folder, payloads.TERMINAL) as handed:
        yield handed
