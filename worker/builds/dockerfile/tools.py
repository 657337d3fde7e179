"""uv's own images, which no registry has to be asked for: our recipe images have the same program.

Two spellings are in every guide of uv: ``COPY --from=ghcr.io/astral-sh/uv:latest /uv /uvx /bin/``
and ``FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim``.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from worker.builds.dockerfile.parse import Instruction
from worker.builds.dockerfile.rules import words
from worker.builds.plan import Bases, ResolvedBase

STAGE = "stage_uv"
_IMAGE = re.compile(r"^ghcr\.io/astral-sh/uv(?:[:@]\S*)?$")
_PYTHON = re.compile(r"^ghcr\.io/astral-sh/uv:(?:[\d.]+-)?python(\d+\.\d+)")
# Where our image has the programs.
_PROGRAMS = {"/uv": "/usr/local/bin/uv"}


class Uv:
    """Serves uv's images from our recipe image.

    Attributes:
        stage: The image that has uv, once something is copied from it.
    """

    def __init__(self, bases: Bases) -> None:
        self._bases = bases
        self.stage: ResolvedBase | None = None

    def base(self, image: str) -> ResolvedBase | None:
        """The image for a ``FROM`` of uv's; None if it means something else."""
        found = _PYTHON.match(image)
        return self._bases.recipe("python", found.group(1)) if found else None

    def copy(self, one: Instruction) -> Instruction | None:
        """A ``COPY --from`` of uv's image; None if it copies from something else."""
        *sources, target = words(one.rest) or [""]
        if not _IMAGE.match(one.flag("from") or "") or not set(sources) <= {"/uv", "/uvx"}:
            return None
        if self.stage is None:
            self.stage = self._bases.recipe("python", self._bases.versions("python")[0])
        own = [_PROGRAMS[source] for source in sources if source in _PROGRAMS]
        rest = json.dumps([*own, target])
        others = tuple(flag for flag in one.flags if not flag.startswith("--from="))
        return replace(one, flags=(f"--from={STAGE}", *others), rest=rest)
