"""Every form in which an address has ever made git do more than fetch."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import nothing_started
from tests.hostile.world import CANARY_PORT, World

RUNS = "touch /tmp/grader-hostile-tripped"
HTTPS = "starts with https://"
EVIL = {
    f"ext::sh -c {RUNS.replace(' ', '% ')}": HTTPS,
    f"git+ext::sh -c {RUNS}": HTTPS,
    "fd::17/x": HTTPS,
    "remote-helper::http://127.0.0.1/x": HTTPS,
    f"-oProxyCommand={RUNS}": "give a folder",
    f"--upload-pack={RUNS}": "give a folder",
    f"git+--upload-pack={RUNS}": "after git+ comes a URL",
    f"ssh://-oProxyCommand={RUNS.replace(' ', '%20')}/x": "use https://",
    f"ssh://git@127.0.0.1:{CANARY_PORT}/x.git": "use https://",
    "git@-oProxyCommand:x": "use https://",
    "git@localhost:owner/work.git": "use https://localhost/owner/work.git",
    f"git://127.0.0.1:{CANARY_PORT}/x.git": "use https://",
    f"ftp://127.0.0.1:{CANARY_PORT}/x.git": HTTPS,
    f"gopher://127.0.0.1:{CANARY_PORT}/x": HTTPS,
    "file:///etc": "without file://",
    "file:///etc/passwd": "without file://",
    "git+file:///etc": "without file://",
    "archive+file:///etc/passwd": "without file://",
    "archive+/etc/passwd": "after archive+ comes a URL",
    "http:///etc/passwd": "looks like https://host",
    "http://-oProxyCommand=x/y.git": "looks like https://host",
    f"http://example.org\\@127.0.0.1:{CANARY_PORT}/x.git": "looks like https://host",
    f"http://127.0.0.1:{CANARY_PORT}\n--upload-pack=x/x.git": "give a folder",
    f"http://127.0.0.1:{CANARY_PORT}\t/x.git": "give a folder",
    "http://[::1/x.git": "looks like https://host",
    "http://host:99999/x.git": "looks like https://host",
    "http://\u2460\u2461\u2466.0.0.1/x.git": "looks like https://host",
    "javascript:alert(1)//": HTTPS,
    f"https://host/{'a' * 3000}": "give a folder",
    "": "give a folder",
}


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with nothing_started(folder):
        yield {address[:80]: Handed(address, says=(says,)) for address, says in EVIL.items()}
