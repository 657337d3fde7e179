"""What is asked for beside an address, none of it a branch, a tag or a commit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import served
from tests.hostile.world import World
from tests.worker.sources_support import FILE

BAD, UNKNOWN, NO_COMMIT = "source.bad_ref", "source.ref_not_found", "source.ref_not_commit"


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("raw.git")
        blob = raw.blob("x")
        tree = raw.tree((FILE, "app.py", blob))
        commit = raw.commit(tree)
        tags = raw.folder / "refs" / "tags"
        for name, oid in (("a-blob", blob), ("a-tree", tree)):
            (tags / name).write_text(f"{oid}\n", encoding="utf-8")
        refs = {
            "--upload-pack=touch /tmp/grader-hostile-tripped": BAD,
            "--upload-pack=touch": BAD,
            "-q": BAD,
            "main@{-1}": BAD,
            "HEAD~1": BAD,
            "HEAD^{tree}": BAD,
            "main:app.py": BAD,
            "two words": BAD,
            "refs/heads/../../x": BAD,
            "main\n--help": BAD,
            "main\0": BAD,
            "x" * 5_000: UNKNOWN,
            "no-such-branch": UNKNOWN,
            "+main": UNKNOWN,
            "0" * 40: UNKNOWN,
            "1" * 64: UNKNOWN,
            commit[:8]: "source.short_commit",
            "a-blob": NO_COMMIT,
            "a-tree": NO_COMMIT,
        }
        yield {
            repr(ref)[:60]: Handed(server.at("raw.git"), ref=ref, code=code)
            for ref, code in refs.items()
        }
