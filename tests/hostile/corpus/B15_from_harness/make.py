"""Builds on the harness image, by the name that it has here."""

from pathlib import Path

from grader.settings import settings
from tests.hostile.world import World
from worker.sandbox.engine import connect


def write(folder: Path, world: World) -> None:
    """The image is there: only our own rule keeps it."""
    client = connect(settings())
    try:
        harness = client.images.list("grader/harness")[0].tags[0]
    finally:
        client.close()
    (folder / "Dockerfile").write_text(
        f"FROM {harness}\nRUN find / -name 'test_*'\nCMD sleep 60\n", encoding="utf-8"
    )
