"""The recipe for a library in Python: installed, and driven by a Python without arguments."""

from __future__ import annotations

from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.plan import Bases, BuildPlan
from worker.builds.python.assemble import assemble, study
from worker.builds.python.commands import Commands


class PythonLibrary:
    """Installs what the code needs; its classes are found when it is driven."""

    name = "python"

    def detect(self, folder: Folder) -> str:
        return "Python files" if folder.with_suffix(".py") else ""

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it; see :class:`~worker.builds.plan.Recipe`."""
        found = study(folder)
        found.detected.append("its classes are imported from a Python of ours")
        how = Commands(start=("python",))
        return assemble(self.name, folder, manifest, bases, found, how)
