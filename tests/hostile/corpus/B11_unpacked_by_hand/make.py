from pathlib import Path

from tests.hostile.packed import zeros_in_tar_gz
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    zeros_in_tar_gz(folder / "bomb.tar.gz", megabytes=2000)
