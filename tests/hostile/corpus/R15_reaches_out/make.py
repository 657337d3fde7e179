import socket
from itertools import pairwise
from pathlib import Path

from grader.domain.report import Report
from tests.hostile import beside
from tests.hostile.said import said_by_app
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)
    (folder / "addresses.txt").write_text("\n".join(_addresses()), encoding="utf-8")


def _addresses() -> set[str]:
    """The addresses of this machine, in the first place those of the engine's networks."""
    rows = Path("/proc/net/fib_trie").read_text(encoding="ascii").splitlines()
    local = {before.split()[-1] for before, row in pairwise(rows) if "LOCAL" in row}
    return {address for address in local if not address.startswith("127.")} | {socket.gethostname()}


def check(report: Report, world: World) -> None:
    seen = said_by_app(report)
    assert seen["reached"] == []
    assert seen["interfaces"] == ["lo"]
    assert seen["routes"] == []
    assert "ENETUNREACH" in seen["refused"]
