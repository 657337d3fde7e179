"""Redirects on the first look, for archives, and later when git itself is sent on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.cli.git_server import serve
from tests.hostile.handed import Handed
from tests.hostile.repositories import ADVERTISEMENT, EMPTY_REFS, LOOKS, nothing_started
from tests.hostile.world import CANARY_PORT, World
from tests.worker.sources_support import Quiet, answering, status

TARGETS = (
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data",
    # Whoever follows is seen.
    f"http://127.0.0.1:{CANARY_PORT}/x.git",
    f"http://localhost:{CANARY_PORT}/x.git",
    f"//127.0.0.1:{CANARY_PORT}/x.git",
    f"git://127.0.0.1:{CANARY_PORT}/x.git",
    "gopher://127.0.0.1/_x",
)


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    handed = {}
    with contextlib.ExitStack() as stack:
        stack.enter_context(nothing_started(folder))
        for target in TARGETS:
            there = stack.enter_context(serve(status(302, Location=target)))
            told = target.removeprefix("//")
            handed[f"git to {target}"] = Handed(f"{there}/a.git", says=(told,))
            handed[f"archive to {target}"] = Handed(f"{there}/a.zip", says=(told,))
            there = stack.enter_context(serve(late(target)))
            handed[f"late to {target}"] = Handed(f"{there}/a.git", code="source.git_failed")
        circle = stack.enter_context(serve(status(302, Location="/again.git/info/refs")))
        handed["in a circle"] = Handed(f"{circle}/a.git", says=("again and again",))
        yield handed


def late(target: str) -> type[Quiet]:
    """Answers the first look, and sends git on."""

    def answer(handler: Quiet) -> None:
        looks = LOOKS in handler.headers["User-Agent"]
        body = EMPTY_REFS if looks else b""
        handler.send_response(200 if looks else 302)
        handler.send_header("Content-Type", ADVERTISEMENT)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answering(answer)
