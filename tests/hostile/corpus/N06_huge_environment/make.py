from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    lines = "".join(f"ENV V{n}={'x' * 120_000}\n" for n in range(7))
    (folder / "Dockerfile").write_text(f'FROM python:3.11-slim\n{lines}CMD ["true"]\n')
