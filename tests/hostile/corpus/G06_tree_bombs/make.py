"""Refused while names are listed: nothing of it is unpacked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import multiplied, nested, served
from tests.hostile.world import World
from tests.worker.sources_support import FILE, SUBMODULE, RawRepository

MANY, DEEP, LARGE = "source.too_many_files", "source.too_deep", "source.too_large"


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("raw.git")
        trees = dict(bombs(raw))
        for name, (tree, _) in trees.items():
            raw.commit(tree, branch=name)
        yield {
            name: Handed(server.at("raw.git"), ref=name, code=code)
            for name, (_, code) in trees.items()
        }


def bombs(raw: RawRepository) -> Iterator[tuple[str, tuple[str, str]]]:
    """By name: a tree, and why it is refused."""
    blob = raw.blob("x")
    file = raw.tree((FILE, "x", blob))
    large = raw.blob(b"\0" * 20_000_000)
    yield "files", (multiplied(raw, (FILE, "x", blob)), MANY)
    yield "submodules", (multiplied(raw, (SUBMODULE, "x", "1" * 40)), MANY)
    yield "flat", (raw.tree(*((FILE, f"{i:06}", blob) for i in range(100_000))), MANY)
    yield "names", (raw.tree(*((FILE, f"{i:06}" + "n" * 990, blob) for i in range(6_000))), MANY)
    yield "deep", (nested(raw, file, 65), DEEP)
    yield "deeper", (nested(raw, file, 4_000), DEEP)
    yield "same", (raw.tree(*((FILE, f"f{i}", large) for i in range(500))), LARGE)
    yield "blob", (raw.tree((FILE, "zeros", raw.blob(b"\0" * 100_000_000))), LARGE)
