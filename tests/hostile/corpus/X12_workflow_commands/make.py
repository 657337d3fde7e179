"""Commands for the runner of a pipeline, in every place that is printed."""

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
    with handed_in(folder, payloads.WORKFLOW, path="::error::x", branch="##error") as handed:
        yield handed
