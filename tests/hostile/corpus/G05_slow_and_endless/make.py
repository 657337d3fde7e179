"""One byte now and then, for ever; or bytes without end, as fast as they are taken."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from grader.cli.git_server import GitHandler, serve
from tests.hostile.handed import Handed
from tests.hostile.repositories import (
    ADVERTISEMENT,
    EMPTY_REFS,
    LOOKS,
    deflated,
    nothing_started,
    pack_entry,
    pack_start,
    packet,
)
from tests.hostile.world import World
from tests.worker.sources_support import APP, Quiet, answering, commit_files

HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: {ADVERTISEMENT}\r\n\r\n".encode()
BLOB = os.urandom(60_000)
Send = Callable[[bytes], object]


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    root = folder.with_name("served")
    commit_files(root / "work.git", dict(APP))
    with contextlib.ExitStack() as stack:
        stack.enter_context(nothing_started(folder))

        def at(handler: type, name: str = "a.git") -> str:
            return f"{stack.enter_context(serve(handler))}/{name}"

        def pack(send: Callable[[Send], None]) -> str:
            return at(
                type("Handler", (BadPack,), {"root": root, "send": staticmethod(send)}), "work.git"
            )

        yield {
            "head drips": Handed(at(first(dripping)), code="source.timeout"),
            "body drips": Handed(at(first(lambda s: dripping(s, HEAD))), code="source.timeout"),
            "refs drip": Handed(at(later(lambda s: dripping(s, HEAD))), code="source.timeout"),
            "refs never end": Handed(at(later(endless_refs))),
            "pack drips": Handed(pack(dripping_pack), code="source.timeout"),
            "pack never comes": Handed(pack(lambda _: time.sleep(6)), code="source.timeout"),
            "pack that counts to milliards": Handed(
                pack(lambda s: endless_pack(s, 0x7FFF_FFFF)), code="source.git_memory"
            ),
            "pack never ends": Handed(pack(endless_pack), code="source.transfer_too_large"),
            "archive drips": Handed(
                at(first(lambda s: dripping(s, HEAD)), "a.zip"), code="source.timeout"
            ),
            "archive never ends": Handed(
                at(first(endless_zip), "a.zip"), code="source.transfer_too_large"
            ),
        }


class BadPack(GitHandler):
    """Tells its refs, and answers the fetch as ``send`` does."""

    send: Callable[[Send], None]

    def _serve(self, body: bytes) -> None:
        if b"command=fetch" not in body:
            super()._serve(body)
            return
        kind = "application/x-git-upload-pack-result"
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())
            self.send(self.wfile.write)


def first(send: Callable[[Send], None]) -> type[Quiet]:
    """Answers everybody so."""

    def answer(handler: Quiet) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            send(handler.wfile.write)

    return answering(answer)


def later(send: Callable[[Send], None]) -> type[Quiet]:
    """Answers the first look as a git server does, and git so."""

    def answer(handler: Quiet) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            if LOOKS in handler.headers["User-Agent"]:
                handler.wfile.write(HEAD + EMPTY_REFS)
            else:
                send(handler.wfile.write)

    return answering(answer)


def dripping(send: Send, before: bytes = b"") -> None:
    send(before)
    while True:
        send(b"0")
        time.sleep(0.2)


def endless_refs(send: Send) -> None:
    send(HEAD + EMPTY_REFS)
    number = 0
    while True:
        send(packet(f"{'1' * 40} refs/heads/b{number}\n".encode()))
        number += 1


def dripping_pack(send: Send) -> None:
    dripping(send, packet(b"packfile\n") + b"ff00")


def endless_pack(send: Send, objects: int = 1_000_000) -> None:
    """Says how many objects come, and sends them without end."""
    entry = pack_entry(3, len(BLOB), deflated(BLOB))
    send(packet(b"packfile\n") + packet(b"\x01" + pack_start(objects)))
    while True:
        send(packet(b"\x01" + entry))


def endless_zip(send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        send(b"PK\x03\x04" * 10_000)
