"""Whoever runs git in the tree of this app runs its hooks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import entries_of, served
from tests.hostile.world import World
from tests.worker.sources_support import EXECUTABLE, FILE, FOLDER

COMMAND = "touch /tmp/grader-hostile-tripped"


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("raw.git")
        hook = raw.blob(f"#!/bin/sh\n{COMMAND}\n")
        names = ("post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction")
        bare = [
            (FILE, "HEAD", raw.blob("ref: refs/heads/main\n")),
            (FILE, "config", raw.blob(f"[core]\n\tfsmonitor = {COMMAND}\n\tbare = true\n")),
            (FOLDER, "hooks", raw.tree(*((EXECUTABLE, name, hook) for name in names))),
            (FOLDER, "objects", raw.tree((FILE, "x", hook))),
            (FOLDER, "refs", raw.tree((FILE, "x", hook))),
        ]
        honest = entries_of(raw, folder)
        raw.commit(raw.tree(*honest, *bare), branch="main")
        raw.commit(raw.tree(*honest, (FOLDER, "inner.git", raw.tree(*bare))), branch="inner")
        yield {
            "the tree itself": Handed(server.at("raw.git")),
            "a folder of it": Handed(server.at("raw.git"), ref="inner"),
        }
