from pathlib import Path

from tests.hostile.packed import zeros_in_tar_xz
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    zeros_in_tar_xz(folder / "bomb.tar.xz", megabytes=200)
