from pathlib import Path

from tests.hostile import beside
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)
