"""An honest app with a pointer; no filter runs and nobody goes where it leads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import entries_of, served
from tests.hostile.world import CANARY_PORT, World
from tests.worker.sources_support import FILE

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 9\n"
CONFIGURATION = (
    f"[lfs]\n\turl = http://127.0.0.1:{CANARY_PORT}/lfs\n\tfetchinclude = *\n"
    f'[lfs "customtransfer.x"]\n\tpath = touch\n\targs = /tmp/grader-hostile-tripped\n'
)


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("raw.git")
        raw.commit(
            raw.tree(
                *entries_of(raw, folder),
                (FILE, ".lfsconfig", raw.blob(CONFIGURATION)),
                (FILE, ".gitattributes", raw.blob("* filter=lfs diff=lfs merge=lfs -text\n")),
                (FILE, "data.bin", raw.blob(POINTER)),
            )
        )
        yield {"pointer": Handed(server.at("raw.git"))}
