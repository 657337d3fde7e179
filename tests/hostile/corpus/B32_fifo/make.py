import os
from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    os.mkfifo(folder / ".dockerignore")
