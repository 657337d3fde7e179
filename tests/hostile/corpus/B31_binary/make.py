from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    (folder / "Dockerfile").write_bytes(b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 64)
