"""An honest app that would not run if one attribute were obeyed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import entries_of, served
from tests.hostile.world import World
from tests.worker.sources_support import FILE

ATTRIBUTES = """
server.py export-ignore
server.py working-tree-encoding=UTF-16
server.py text eol=crlf
* export-subst ident filter=evil diff=evil merge=evil
[attr]evil filter=evil
"""


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("raw.git")
        file = (FILE, ".gitattributes", raw.blob(ATTRIBUTES))
        raw.commit(raw.tree(*entries_of(raw, folder), file))
        yield {"attributes": Handed(server.at("raw.git"))}
