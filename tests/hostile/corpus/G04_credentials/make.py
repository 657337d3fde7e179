"""No prompt, no program that asks, no hang; for missing repositories as for private ones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.cli.git_server import serve
from tests.hostile.handed import Handed
from tests.hostile.repositories import ADVERTISEMENT, EMPTY_REFS, LOOKS, nothing_started
from tests.hostile.world import World
from tests.worker.sources_support import Quiet, answering, status

REALM = 'Basic realm="password of the worker, please"'


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with contextlib.ExitStack() as stack:
        stack.enter_context(nothing_started(folder))
        urls = {
            code: stack.enter_context(serve(status(code, WWW_Authenticate=REALM)))
            for code in (401, 403, 404)
        }
        asks_git = stack.enter_context(serve(answering(later)))
        handed = {
            f"{code} for {ending}": Handed(f"{url}/a.{ending}", says=(f"answered {code}",))
            for code, url in urls.items()
            for ending in ("git", "zip")
        }
        with_password = urls[401].replace("//", "//ada:canary-of-a-password@")
        handed["a wrong password"] = Handed(f"{with_password}/a.git", says=("answered 401",))
        handed["only git is asked"] = Handed(f"{asks_git}/a.git")
        yield handed


def later(handler: Quiet) -> None:
    """Opens the door to the first look and shuts it before git."""
    if LOOKS in handler.headers["User-Agent"]:
        handler.send_response(200)
        handler.send_header("Content-Type", ADVERTISEMENT)
        handler.send_header("Content-Length", str(len(EMPTY_REFS)))
        handler.end_headers()
        handler.wfile.write(EMPTY_REFS)
        return
    handler.send_response(401)
    handler.send_header("WWW-Authenticate", REALM)
    handler.send_header("Content-Length", "0")
    handler.end_headers()
