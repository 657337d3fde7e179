"""A delta that copies its base again and again; git is stopped by its limit of memory."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from grader.cli.git_server import GitHandler, serve
from tests.hostile.repositories import (
    deflated,
    delta_bomb,
    nothing_started,
    pack_entry,
    pack_start,
    packet,
)
from tests.hostile.world import World
from tests.worker.sources_support import APP, commit_files

BASE = b"\0" * (2**24 - 1)
BLOB, REF_DELTA = 3, 7
PIECE = 60_000


class Bomb(GitHandler):
    """Tells its refs honestly, and sends the bomb in the place of the pack."""

    def _serve(self, body: bytes) -> None:
        if b"command=fetch" not in body:
            super()._serve(body)
            return
        pack = bomb()
        pieces = (pack[at : at + PIECE] for at in range(0, len(pack), PIECE))
        answer = packet(b"packfile\n") + b"".join(packet(b"\x01" + one) for one in pieces) + b"0000"
        self.send_response(200)
        self.send_header("Content-Type", "application/x-git-upload-pack-result")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def bomb() -> bytes:
    name = hashlib.sha1(b"blob %d\0" % len(BASE) + BASE).digest()
    delta = delta_bomb(BASE, copies=256)
    pack = pack_start(2)
    pack += pack_entry(BLOB, len(BASE), deflated(BASE))
    pack += pack_entry(REF_DELTA, len(delta), name + deflated(delta))
    return pack + hashlib.sha1(pack).digest()


@contextlib.contextmanager
def source(folder: Path, world: World) -> Iterator[str]:
    root = folder.with_name("served")
    commit_files(root / "work.git", dict(APP))
    with nothing_started(folder), serve(type("Handler", (Bomb,), {"root": root})) as url:
        yield f"{url}/work.git"
