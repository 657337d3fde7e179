from pathlib import Path

from tests.hostile.packed import zeros_in_tar_bz2
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    zeros_in_tar_bz2(folder / "bomb.tar.bz2", megabytes=200)
