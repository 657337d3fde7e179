"""The recipe for a command-line program in Python."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from grader.errors import SubmissionError
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.plan import Bases, BuildPlan, assumption
from worker.builds.programs.scripts import script_words
from worker.builds.python.assemble import Findings, assemble, study
from worker.builds.python.candidates import Candidate
from worker.builds.python.commands import Commands
from worker.builds.python.frameworks import Framework
from worker.builds.python.layout import dotted
from worker.builds.python.module import Module
from worker.builds.python.pyproject import own_name, scripts

PROGRAM = Framework("a command line", "", "own")

# Points; what a README says outweighs a name.
_IN_README, _RUNS, _READS_ARGUMENTS, _READS_INPUT, _IMPORTED, _DEEPER = 25, 12, 10, 6, -8, -3
_NAMES = {"main": 8, "cli": 8, "__main__": 8, "app": 6, "index": 4, "run": 4, "start": 4}
_PARTS = re.compile(r"cli|task|track|guess|game|expense|activity|proxy|server|backup|calc|todo")
_ARGUMENTS = re.compile(r"\bsys\.argv\b|\bargparse\b|\bclick\b|\btyper\b|\bfire\b|\bcmd\.Cmd\b")
_INPUT = re.compile(r"\binput\(|\bsys\.stdin\b")
_ASIDE = re.compile(
    r"(^|/)(tests?|docs?|examples?|migrations)/|(^|/)(test_[^/]*|conftest|setup)\.py$"
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file that can be started, how well it fits, and why."""

    module: Module
    root: str
    score: int

    @property
    def words(self) -> tuple[str, ...]:
        """A module of a package is started by its name, so that its imports work."""
        path = self.module.path
        if self.module.name == "__main__" and "/" in path:
            return ("python", "-m", dotted(path, self.root).removesuffix(".__main__"))
        if any(one.level for one in self.module.imports):
            return ("python", "-m", dotted(path, self.root))
        return ("python", path)


class PythonProgram:
    """Finds what is called: a console script, a script by its first line, a package, a file."""

    name = "python"

    def detect(self, folder: Folder) -> str:
        if folder.with_suffix(".py"):
            return "Python files"
        return "a Python script" if script_words(folder, ("python",)) else ""

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it; see :class:`~worker.builds.plan.Recipe`.

        Raises:
            SubmissionError: ``build.no_program`` if nothing in it can be called.
        """
        found = study(folder)
        if manifest.start:
            how = Commands(start=words_of(manifest.start))
            found.detected.append(f"grader.toml says how it is called: {manifest.start}")
            return assemble(self.name, folder, manifest, bases, found, how)
        console = _console_script(folder)
        if console:
            found.detected.append(f"the project has the console script {console}")
            return self._assembled(folder, manifest, bases, found, (console,), None)
        script = script_words(folder, ("python",))
        if script:
            found.detected.append(f"{script[1]} is a Python program by its first line")
            return self._assembled(folder, manifest, bases, found, script, None)
        entries = _entries(folder, found)
        if not entries:
            raise SubmissionError("build.no_program", language="Python")
        best = entries[0]
        found.detected.append(f"{best.module.path} is what is called")
        if len(entries) > 1 and entries[1].score == best.score:
            other = entries[1].module.path
            found.notes.append(
                assumption(
                    f"{best.module.path} was called; {other} could be meant too: "
                    "[run] start in grader.toml says which"
                )
            )
        return self._assembled(folder, manifest, bases, found, best.words, best)

    def _assembled(
        self,
        folder: Folder,
        manifest: Manifest,
        bases: Bases,
        found: Findings,
        words: tuple[str, ...],
        entry: _Entry | None,
    ) -> BuildPlan:
        chosen = entry and Candidate(entry.module, entry.root, PROGRAM, None, 0, "")
        how = Commands(start=words)
        return assemble(self.name, folder, manifest, bases, found, how, chosen or None)


def words_of(start: str) -> tuple[str, ...]:
    """The words of a start command; one that needs a shell is left to one."""
    if re.search(r"[;&|<>(){}$`\n]", start):
        return ("sh", "-c", start)
    try:
        return tuple(shlex.split(start))
    except ValueError:
        return ("sh", "-c", start)


def _console_script(folder: Folder) -> str:
    """The project's console script; the first where there are several."""
    if own_name(folder)[0]:
        return next(iter(scripts(folder)), "")
    return ""


def _entries(folder: Folder, found: Findings) -> list[_Entry]:
    layout = found.layout
    modules = [m for path, m in layout.modules.items() if not _ASIDE.search(path)]
    loaded: set[str] = set()
    for module in modules:
        loaded |= layout.reachable(module.path, layout.root_of(module.path)) - {module.path}
    entries = []
    for module in modules:
        score = _points(folder, module, loaded, found.hints.scripts)
        if score > 0:
            entries.append(_Entry(module, layout.root_of(module.path), score))
    return sorted(entries, key=lambda one: (-one.score, one.module.path))


def _points(folder: Folder, module: Module, loaded: set[str], told: tuple[str, ...]) -> int:
    text = folder.text(module.path)
    main = module.name == "__main__"
    if not (main or module.runs or "__main__" in text):
        return 0
    name = module.name.lower()
    points = _RUNS + _DEEPER * module.path.count("/") + _NAMES.get(name, 0)
    points += 4 if _PARTS.search(name) else 0
    points += _READS_ARGUMENTS if _ARGUMENTS.search(text) or main else 0
    points += _READS_INPUT if _INPUT.search(text) else 0
    points += _IMPORTED if module.path in loaded else 0
    package = module.path.removesuffix("/__main__.py").replace("/", ".")
    if any(one in (package, module.path) or module.path.endswith(f"/{one}") for one in told):
        points += _IN_README
    return max(points, 1)
