"""Texts that a spreadsheet would take for a formula."""

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
    with handed_in(folder, payloads.CELLS, path="=cmd()", branch="+1+1") as handed:
        yield handed
