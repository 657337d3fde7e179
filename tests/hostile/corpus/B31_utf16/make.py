from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    (folder / "Dockerfile").write_bytes("FROM python:3.11-slim\r\nCMD python\r\n".encode("utf-16"))
