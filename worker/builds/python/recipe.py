"""The recipe for a Python project without a Dockerfile."""

from __future__ import annotations

import re
import sys

from grader.errors import SubmissionError
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.plan import Bases, BuildPlan, assumption
from worker.builds.python.assemble import Findings, assemble, study
from worker.builds.python.candidates import Candidate, find_candidates
from worker.builds.python.commands import Commands, commands
from worker.builds.python.layout import is_code

_USUAL = ("main", "app", "server", "run", "wsgi", "asgi")
_MOST_FOLDERS, _MOST_SCRIPTS = 20, 200
_OTHER_MARKS = ("Dockerfile", "Procfile", "package.json", "requirements.txt", "pyproject.toml")
_MARKS = ("requirements.txt", "pyproject.toml", "manage.py", "Pipfile", "setup.py")


class PythonRecipe:
    """Detects what a Python project needs and how it is started."""

    name = "python"

    def detect(self, folder: Folder) -> str:
        for name in _MARKS:
            if folder.find(name):
                return name
        return "Python files" if _is_one_project(folder) else ""

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it; see :class:`Recipe`.

        Raises:
            SubmissionError: ``build.no_entry`` if nothing in it serves HTTP.
        """
        found = study(folder)
        if manifest.start:
            how = Commands(line=manifest.start)
            return assemble(self.name, folder, manifest, bases, found, how)
        candidates = find_candidates(found.layout, found.hints)
        if not candidates:
            raise _no_entry(found)
        chosen = candidates[0]
        found.detected.append(chosen.reason)
        _say_choice(found, candidates)
        how = commands(chosen, found.layout, found.wanted, found.hints.folders)
        return assemble(self.name, folder, manifest, bases, found, how, chosen)


def _is_one_project(folder: Folder) -> bool:
    """Python without a file that says so: at the top, or all in one folder, or in several that
    import each other. Folders with projects of their own are several."""
    scripts = [path for path in folder.with_suffix(".py") if is_code(path)]
    if any("/" not in path for path in scripts):
        return True
    if not scripts or any(path.rsplit("/", 1)[-1] in _OTHER_MARKS for path in folder.files):
        return False
    tops = {path.split("/")[0] for path in scripts}
    if not 1 < len(tops) <= _MOST_FOLDERS:
        return len(tops) == 1
    return any(
        name != path.split("/")[0]
        and re.search(rf"^[ \t]*(from|import) {name}\b", text, re.MULTILINE)
        for path in scripts[:_MOST_SCRIPTS]
        if (text := folder.text(path))
        for name in tops
        if name.isidentifier()
    )


def _no_entry(found: Findings) -> SubmissionError:
    """The error for code in which nothing serves; names what cannot be parsed or is empty."""
    read_with = f"read with Python {sys.version_info.major}.{sys.version_info.minor}"
    lines: list[str] = []
    for module in found.layout.main_modules():
        if module.error:
            lines.append(f"{module.path}, {module.error} ({read_with})")
        elif module.name in _USUAL and not found.layout.folder.text(module.path).strip():
            lines.append(f"{module.path} is empty")
    return SubmissionError("build.no_entry", language="Python", log="\n".join(lines))


def _say_choice(found: Findings, candidates: list[Candidate]) -> None:
    """Name what else could have been started, unless that is loaded by what was chosen."""
    chosen = candidates[0]
    loaded = found.layout.reachable(chosen.module.path, chosen.root)
    others = [c.module.path for c in candidates if c.module.path not in loaded]
    if others:
        names = ", ".join(dict.fromkeys(others[:3]))
        found.notes.append(
            assumption(
                f"{chosen.module.path} was started ({chosen.reason}); {names} could be meant too:"
                " [run] start in grader.toml says which"
            )
        )
