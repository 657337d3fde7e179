"""Builds on what was built for somebody else."""

from __future__ import annotations

import contextlib
import io
import uuid
from collections.abc import Iterator
from pathlib import Path

from grader.settings import settings
from tests.hostile.handed import Handed
from tests.hostile.world import World
from worker.sandbox.engine import connect

CONTENT = b"FROM scratch\nLABEL of=another\n"


@contextlib.contextmanager
def sources(folder: Path, world: World) -> Iterator[dict[str, Handed]]:
    """The image is there: only our own rule keeps it."""
    repository = f"grader/app/{uuid.uuid4().hex[:24]}"
    client = connect(settings())
    try:
        image, _ = client.images.build(fileobj=io.BytesIO(CONTENT), tag=f"{repository}:{'0' * 32}")
        digest = image.id.removeprefix("sha256:")
        names = {
            "by its name": f"{repository}:{'0' * 32}",
            "by its id": digest,
            "by the beginning of its id": digest[:12],
            "by its digest": f"{repository}@sha256:{digest}",
            "by its digest, under the name of a base": f"python@sha256:{digest}",
        }
        yield {
            how: Handed(_built_on(name, folder / str(n)))
            for n, (how, name) in enumerate(names.items())
        }
        client.images.remove(image.id, force=True)
    finally:
        client.close()


def _built_on(name: str, folder: Path) -> str:
    folder.mkdir()
    (folder / "Dockerfile").write_text(f"FROM {name}\nCMD sleep 60\n", encoding="utf-8")
    return str(folder)
