from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    (folder / "server.py").rename(folder / "my $(touch pwned) blog; kill 1 'x.py")
