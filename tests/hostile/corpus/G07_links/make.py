"""An honest app among links that lead elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import entries_of, nested, served
from tests.hostile.world import World
from tests.worker.sources_support import FILE, FOLDER, LINK

LINKS = {
    "passwd": "/etc/passwd",
    "canary": "/etc/grader-hostile-canary",
    "up": "../../etc/passwd",
    "circle": "circle",
    "here": ".",
    "into": "lib/../../x",
    "folder": "lib",
    "nul": "\0",
    "long": "x" * 5_000,
    "environ": "/proc/self/environ",
}


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("raw.git")
        links = [(LINK, name, raw.blob(target)) for name, target in LINKS.items()]
        lib = raw.tree((FILE, "x", raw.blob("x")), (LINK, "y", raw.blob("../../../etc/passwd")))
        honest = entries_of(raw, folder)
        raw.commit(raw.tree(*honest, *links, (FOLDER, "lib", nested(raw, lib, 3))))
        yield {"links": Handed(server.at("raw.git"))}
