"""An honest app, and beside it every kind of submodule that ever did harm."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.handed import Handed
from tests.hostile.repositories import entries_of, served
from tests.hostile.world import CANARY_PORT, World
from tests.worker.sources_support import FILE, LINK, SUBMODULE

MODULES = f"""
[submodule "ext"]
\tpath = ext
\turl = ext::sh -c touch% /tmp/grader-hostile-tripped
[submodule "file"]
\tpath = file
\turl = file:///etc
[submodule "near"]
\tpath = near
\turl = ../../other
[submodule "return"]
\tpath = "return\r"
\turl = http://127.0.0.1:{CANARY_PORT}/x.git
[submodule "canary"]
\tpath = canary
\turl = http://127.0.0.1:{CANARY_PORT}/y.git
\tupdate = !touch /tmp/grader-hostile-tripped
[submodule "../../x"]
\tpath = .git/modules/x
\turl = -u./payload
[submodule
"""


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("modules.git")
        names = ("ext", "file", "near", "return", "canary")
        raw.commit(
            raw.tree(
                *entries_of(raw, folder),
                *((SUBMODULE, name, "1" * 40) for name in names),
                (FILE, ".gitmodules", raw.blob(MODULES)),
            )
        )
        link = server.repository("link.git")
        module = (SUBMODULE, "x", "1" * 40)
        target = (LINK, ".gitmodules", link.blob("/etc/passwd"))
        link.commit(link.tree(*entries_of(link, folder), module, target))
        yield {
            "many": Handed(server.at("modules.git")),
            "modules that are a link": Handed(
                server.at("link.git"), says=("Left out: .gitmodules",)
            ),
        }
