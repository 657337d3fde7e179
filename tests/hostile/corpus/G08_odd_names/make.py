"""Harmless names are kept, odd ones are left out, all are shown escaped."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.domain.report import Report
from tests.hostile.handed import Handed
from tests.hostile.invariants import renderings
from tests.hostile.repositories import entries_of, nested, served
from tests.hostile.world import World
from tests.worker.sources_support import FILE, FOLDER

ODD = (b"new\nline", b"tab\t", b"caf\xe9", b"x" * 300, b"\x1b[31m", b"\x9b2J", b"bell\x07")
KEPT = (
    "-rf",
    "--help",
    "*",
    "$(touch pwned)",
    "trailing ",
    "trailing.",
    "Case",
    "case",
    "CON",
    "\u202etxt",
    "ü",
    "%2e%2e",
    "~",
)


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    with served(folder) as server:
        raw = server.repository("raw.git")
        blob = raw.blob("x")
        odd = [(FILE, name, blob) for name in (*ODD, *KEPT)]
        long = nested(raw, raw.tree((FILE, "x", blob)), 20, "d" * 200)
        raw.commit(raw.tree(*entries_of(raw, folder), *odd, (FOLDER, "long", long)))
        yield {"names": Handed(server.at("raw.git"))}


def check(report: Report, world: World) -> None:
    for name, text in renderings(report).items():
        assert not [one for one in ("\x1b", "\x9b", "\x07", "\udce9") if one in text], name
