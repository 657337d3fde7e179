"""The recipe for a folder with a ``Procfile``, as hosts of web apps read it."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.errors import SubmissionError
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.node.recipe import NodeRecipe
from worker.builds.plan import Bases, BuildPlan
from worker.builds.python.assemble import assemble, study
from worker.builds.python.commands import Commands

_LINE = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*:\s*(.+?)\s*$")


class ProcfileRecipe:
    """Starts the ``web`` process of a Procfile; what it needs is detected as ever."""

    name = "procfile"

    def detect(self, folder: Folder) -> str:
        return "a Procfile" if folder.find("Procfile") else ""

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it; see :class:`Recipe`.

        Raises:
            SubmissionError: ``build.procfile`` if it has no ``web`` line.
        """
        name = folder.find("Procfile") or "Procfile"
        processes = read_procfile(folder.text(name))
        if "web" not in processes and not manifest.start:
            raise SubmissionError("build.procfile", names=", ".join(processes) or "none")
        start = manifest.start or processes["web"]
        detected = f"{name} says web: {start}"
        if folder.has("package.json") and not _has_python(folder):
            planned = NodeRecipe().plan(folder, replace(manifest, start=start), bases)
            return replace(planned, recipe=self.name, detected=(detected, *planned.detected))
        found = study(folder)
        found.detected.append(detected)
        release = (processes["release"],) if "release" in processes else ()
        how = Commands(
            line=start,
            prepare=release,
            notes=(f"`{release[0]}` was run before the first start, as the Procfile says",)
            if release
            else (),
        )
        return assemble(self.name, folder, manifest, bases, found, how)


def read_procfile(text: str) -> dict[str, str]:
    """Process name -> command."""
    matches = (_LINE.match(line) for line in text.split("\n") if not line.startswith("#"))
    return {match.group(1): match.group(2) for match in matches if match}


def _has_python(folder: Folder) -> bool:
    return bool(folder.find("requirements.txt") or folder.find("pyproject.toml")) or any(
        path.endswith(".py") for path in folder.top
    )
