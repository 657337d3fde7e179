from pathlib import Path

from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    (folder / "Dockerfile").symlink_to("/etc/grader-hostile-canary")
    (folder / "requirements.txt").symlink_to("/etc/grader-hostile-canary")
    (folder / "templates").symlink_to("/root")
