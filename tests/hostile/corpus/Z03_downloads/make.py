"""What a server may do when it is asked for an archive."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from grader.cli.git_server import serve
from tests.hostile.handed import Handed
from tests.hostile.world import CANARY_PORT, World
from tests.worker.sources_support import Quiet, answering, status

OK = b"HTTP/1.1 200 OK\r\n"
LARGE, SLOW, NONE = "source.transfer_too_large", "source.timeout", "source.not_an_archive"


def answer(head: bytes, piece: bytes, pause: float = 0) -> type[Quiet]:
    """Sends a head, and then the same again and again."""

    def send(handler: Quiet) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):
            handler.wfile.write(OK + head + b"\r\n")
            while True:
                handler.wfile.write(piece)
                time.sleep(pause)

    return answering(send)


CHUNK = b"4e20\r\n" + b"PK\x03\x04" * 5_000 + b"\r\n"
SERVERS = {
    "two gigabytes": (answer(b"Content-Length: 2147483648\r\n", b"PK\x03\x04" * 5_000), LARGE),
    "chunks without end": (answer(b"Transfer-Encoding: chunked\r\n", CHUNK), LARGE),
    "no length": (answer(b"", b"PK\x03\x04" * 5_000), LARGE),
    "drips": (answer(b"Content-Length: 1000\r\n", b"P", 0.2), SLOW),
    "a page": (status(200, b"<html>", Content_Type="text/html"), NONE),
    "nothing": (status(204), NONE),
    "a packed page": (status(200, b"\x1f\x8b<html>", Content_Encoding="gzip"), ""),
    "missing": (status(404), "source.private_or_missing"),
    "broken": (status(500), "source.server_error"),
    "elsewhere": (
        status(302, Location=f"http://localhost:{CANARY_PORT}/x.zip"),
        "source.redirect",
    ),
}


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with contextlib.ExitStack() as stack:
        yield {
            name: Handed(f"{stack.enter_context(serve(handler))}/work.zip", code=code)
            for name, (handler, code) in SERVERS.items()
        }
