from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    (folder / "grader.toml").write_text("a = " + "[" * 100_000)
