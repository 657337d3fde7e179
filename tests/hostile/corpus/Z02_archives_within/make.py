"""Only the outer archive is ever opened."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.world import World
from tests.support.archives import zipped


@contextlib.contextmanager
def source(folder: Path, world: World) -> Iterator[str]:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 40_000_000)
    files = [(f"work/{file.name}", file.read_bytes()) for file in folder.iterdir()]
    bombs = [(f"work/lib{number}.zip", inner.getvalue()) for number in range(16)]
    yield str(zipped(folder.with_name("work.zip"), *files, *bombs))
