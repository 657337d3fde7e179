"""The recipe for a Python project without a Dockerfile."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.domain.report import Note
from grader.errors import SubmissionError
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.plan import Bases, BuildPlan, ResolvedBase, assumption, note, warning
from worker.builds.python.candidates import Candidate, find_candidates
from worker.builds.python.commands import Commands, commands
from worker.builds.python.dependencies import find_dependencies, missing_imports
from worker.builds.python.frameworks import DJANGO
from worker.builds.python.image import PythonImage, render
from worker.builds.python.layout import Layout
from worker.builds.python.pyproject import own_name, scripts
from worker.builds.python.readme import Hints, read_hints
from worker.builds.python.requirements import Requirements
from worker.builds.python.version import asked_for, choose

# Extras that bring a server along.
_WITH_SERVER = {"fastapi": {"standard", "all"}}


@dataclass(slots=True)
class Findings:
    """What was learnt about a Python project before it is known how it is started."""

    layout: Layout
    hints: Hints
    wanted: Requirements
    detected: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class PythonRecipe:
    """Detects what a Python project needs and how it is started."""

    name = "python"

    def detect(self, folder: Folder) -> str:
        for name in ("requirements.txt", "pyproject.toml", "manage.py", "Pipfile", "setup.py"):
            if folder.find(name):
                return name
        return "Python files" if any(p.endswith(".py") for p in folder.top) else ""

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it; see :class:`Recipe`.

        Raises:
            SubmissionError: ``build.no_entry`` if nothing in it serves HTTP.
        """
        found = study(folder)
        if manifest.start:
            return assemble(self.name, folder, manifest, bases, found, manifest.start)
        candidates = find_candidates(found.layout, found.hints)
        if not candidates:
            raise no_entry(found)
        chosen = candidates[0]
        found.detected.append(chosen.reason)
        _say_choice(found, candidates)
        how = commands(chosen, found.layout, found.wanted, found.hints.folders)
        return assemble(self.name, folder, manifest, bases, found, how, chosen)


def study(folder: Folder) -> Findings:
    """Look at everything that does not depend on how it is started."""
    found = Findings(Layout(folder), read_hints(folder), find_dependencies(folder))
    if found.wanted.sources:
        found.detected.append(f"dependencies come from {', '.join(found.wanted.sources)}")
    found.notes += [warning(text) for text in found.wanted.notes]
    return found


def no_entry(found: Findings) -> SubmissionError:
    """The error for code in which nothing serves; names the modules that cannot be parsed."""
    broken = [m for m in found.layout.main_modules() if m.error]
    log = "\n".join(f"{m.path}, {m.error}" for m in broken)
    return SubmissionError("build.no_entry", language="Python", log=log)


def _say_choice(found: Findings, candidates: list[Candidate]) -> None:
    chosen = candidates[0]
    others = [c.module.path for c in candidates if c.module.path != chosen.module.path]
    if others:
        names = ", ".join(dict.fromkeys(others[:3]))
        found.notes.append(
            assumption(
                f"{chosen.module.path} was started; {names} could be meant too"
                " ([run] start in grader.toml says which)"
            )
        )


def assemble(
    recipe: str,
    folder: Folder,
    manifest: Manifest,
    bases: Bases,
    found: Findings,
    how: Commands | str,
    chosen: Candidate | None = None,
) -> BuildPlan:
    """The plan, once it is known how the project is started.

    Args:
        recipe: The recipe's name for the report.
        folder: The project.
        manifest: What the learner says.
        bases: The operator's images.
        found: What was learnt about the project.
        how: Commands, or a shell line that the learner gave.
        chosen: What the commands start, if we chose it.
    """
    line = how if isinstance(how, str) else " ".join(how.start)
    _mend(found, line, () if isinstance(how, str) else how.needs, chosen)
    base = _base(folder, bases, found)
    name, version = own_name(folder)
    search = [path for path in ("src",) if path in folder.folders]
    if chosen and chosen.root not in ("", *search):
        search.append(chosen.root)
    if not isinstance(how, str):
        found.notes += [note(text) for text in how.notes]
    dockerfile, files = render(
        PythonImage(
            base=base.reference,
            requirements=found.wanted,
            start=how if isinstance(how, str) else how.start,
            folder="" if isinstance(how, str) else how.folder,
            search=[*search, ""] if search or isinstance(how, str) else [""],
            prepare=() if isinstance(how, str) else how.prepare,
            name=name,
            version=version,
            scripts=scripts(folder),
        )
    )
    port = None if isinstance(how, str) else how.port
    ports = [p for p in (manifest.port, port, *found.hints.ports) if p]
    return BuildPlan(
        recipe=recipe,
        root=folder.root,
        dockerfile=dockerfile,
        files=files,
        bases=(base,),
        start=line,
        environment=_environment(manifest),
        ports=tuple(dict.fromkeys(ports)),
        base_path=manifest.base_path,
        detected=tuple(found.detected),
        notes=tuple(found.notes),
    )


def _environment(manifest: Manifest) -> dict[str, str]:
    port = {"PORT": str(manifest.port)} if manifest.port else {}
    return {**port, **manifest.env}


def _mend(found: Findings, start: str, needs: tuple[str, ...], chosen: Candidate | None) -> None:
    """Add what is certain to be missing, and say so."""
    wanted = found.wanted
    nothing_listed = not wanted.lines
    loaded = (
        found.layout.reachable(chosen.module.path, chosen.root)
        if chosen and chosen.framework is not DJANGO
        else {m.path for m in found.layout.main_modules()}
    )
    missing = missing_imports(found.layout, loaded, wanted)
    for package in missing.values():
        wanted.add(package)
    added = list(dict.fromkeys(missing.values()))
    if added and nothing_listed:
        place = wanted.sources[0] if wanted.sources else ""
        reason = f"{place} lists nothing" if place else "there is no requirements.txt"
        found.notes.append(warning(f"{reason}: {', '.join(added)} installed, as the imports need"))
    elif added:
        found.notes.append(
            warning(
                f"{', '.join(added)} installed: imported, but not listed in {wanted.sources[0]}"
            )
        )
    first = start.split()[0] if start else ""
    servers = [*needs, *([first] if first in ("gunicorn", "uvicorn", "hypercorn") else [])]
    for server in dict.fromkeys(servers):
        brought = any(wanted.extras(name) & extras for name, extras in _WITH_SERVER.items())
        if server not in wanted.names and not (server == "uvicorn" and brought):
            wanted.add(server)
            found.notes.append(note(f"{server} was added to start the app: it is not listed"))


def _base(folder: Folder, bases: Bases, found: Findings) -> ResolvedBase:
    asked, place = asked_for(folder)
    newest = any(module.error for module in found.layout.main_modules())
    version, why = choose(asked, bases.versions("python"), found.wanted, newest)
    if why:
        found.notes.append(note(why))
    base = bases.recipe("python", version)
    if base.note:
        found.notes.append(warning(base.note))
    if asked:
        found.detected.append(f"{place} asks for Python {asked}")
    return base
