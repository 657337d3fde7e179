"""Honest mistakes: each is told in words that say what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import served
from tests.hostile.world import World
from tests.worker.sources_support import FILE, SUBMODULE


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        server.repository("empty.git")
        elsewhere = server.repository("elsewhere.git")
        elsewhere.commit(elsewhere.tree((FILE, "app.py", elsewhere.blob("x"))), branch="work")
        licence = server.repository("licence.git")
        licence.commit(licence.tree((FILE, "LICENSE", licence.blob("MIT"))))
        modules = server.repository("modules.git")
        modules.commit(modules.tree((SUBMODULE, "x", "1" * 40)))
        yield {
            "empty": Handed(
                server.at("empty.git"), code="source.empty_repository", says=("git push",)
            ),
            "no default branch": Handed(
                server.at("elsewhere.git"),
                code="source.no_default_branch",
                says=("its branches are: work",),
            ),
            "a licence only": Handed(server.at("licence.git"), says=("LICENSE",)),
            "submodules only": Handed(server.at("modules.git"), code="source.empty"),
        }
