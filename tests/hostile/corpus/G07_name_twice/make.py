"""Trees that no git writes: the same name twice."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import served
from tests.hostile.world import World
from tests.worker.sources_support import FILE, FOLDER, LINK


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("raw.git")
        file = (FILE, "a.x", raw.blob("x"))
        link = (LINK, "a", raw.blob("/tmp"))
        below = (FOLDER, "a", raw.tree((FILE, "grader-hostile-tripped", raw.blob("x"))))
        raw.commit(raw.tree(link, file, below, in_order=True), branch="link-and-folder")
        raw.commit(raw.tree(file, file, in_order=True), branch="file-and-file")
        yield {
            ref: Handed(server.at("raw.git"), ref=ref)
            for ref in ("link-and-folder", "file-and-file")
        }
