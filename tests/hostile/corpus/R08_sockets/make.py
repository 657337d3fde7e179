import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.hostile import beside
from tests.hostile.world import World

SOCKETS = Path("/proc/net/sockstat")
BOUND = Path("/proc/sys/net/ipv4/tcp_mem")
# Above its bound the kernel still gives every socket the little that it may always have.
ALWAYS = 2 * 20_000 * 2


def write(folder: Path, world: World) -> None:
    beside.write(folder)


@contextlib.contextmanager
def source(folder: Path, world: World) -> Iterator[str]:
    """Look at what all sockets of the machine hold meanwhile: never more than it allows."""
    over, seen = threading.Event(), [_pages()]

    def look() -> None:
        while not over.wait(0.2):
            seen.append(_pages())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield str(folder)
    finally:
        over.set()
        looking.join()
    assert max(seen) <= int(BOUND.read_text().split()[2]) + ALWAYS, max(seen)


def _pages() -> int:
    row = next(line for line in SOCKETS.read_text().splitlines() if line.startswith("TCP:"))
    return int(row.split()[row.split().index("mem") + 1])
