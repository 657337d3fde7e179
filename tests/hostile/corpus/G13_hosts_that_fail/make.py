"""Each failure in words of its own; a broken server is asked three times."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

from grader.cli.git_server import serve, serve_repositories
from tests.hostile.handed import Handed
from tests.hostile.repositories import nothing_started
from tests.hostile.world import World
from tests.worker.sources_support import APP, Quiet, answering, commit_files


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    root = folder.with_name("served")
    commit_files(root / "work.git", dict(APP))
    asked: list[str] = []

    def broken(handler: Quiet) -> None:
        asked.append(handler.path)
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    with contextlib.ExitStack() as stack:
        stack.enter_context(nothing_started(folder))
        taken = stack.enter_context(socket.socket())
        taken.bind(("127.0.0.1", 0))
        own = stack.enter_context(serve_repositories(root, tls=certificate_of(folder)))
        server = stack.enter_context(serve(answering(broken)))
        yield {
            "unknown": Handed("http://no-such-host.invalid/a.git", code="source.unknown_host"),
            "shut": Handed(
                f"http://127.0.0.1:{taken.getsockname()[1]}/a.git", code="source.unreachable"
            ),
            "certificate": Handed(f"{own}/work.git", code="source.tls", says=("GRADER_CA_BUNDLE",)),
            "broken": Handed(
                f"{server}/a.git",
                code="source.server_error",
                says=("answered 503, three times", "your work is not the cause"),
            ),
        }
    assert len(asked) == 3


def certificate_of(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody but its owner trusts."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    name = "-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    command = [*make.split(), *name.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
