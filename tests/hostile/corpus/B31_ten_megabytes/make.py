from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    (folder / "Dockerfile").write_bytes(b"FROM python:3.11-slim\n" + b"# x\n" * 2_500_000)
