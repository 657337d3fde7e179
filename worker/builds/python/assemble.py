"""Puts a Python project's plan together, once it is known how the project is started."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from grader.domain.report import Note
from worker.builds.backing.plan import waits_for_database
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.plan import Bases, BuildPlan, ResolvedBase, note, warning
from worker.builds.python.candidates import Candidate
from worker.builds.python.commands import Commands
from worker.builds.python.dependencies import brought, find_dependencies, missing_imports
from worker.builds.python.frameworks import DJANGO, MAKERS
from worker.builds.python.image import PythonImage, render
from worker.builds.python.layout import Layout
from worker.builds.python.pyproject import own_name, scripts
from worker.builds.python.readme import Hints, read_hints
from worker.builds.python.requirements import Requirements
from worker.builds.python.version import asked_for, choose

_SERVERS = ("gunicorn", "uvicorn", "hypercorn", "waitress")
_SAFE_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$")


@dataclass(slots=True)
class Findings:
    """What was learnt about a Python project before it is known how it is started."""

    layout: Layout
    hints: Hints
    wanted: Requirements
    detected: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def study(folder: Folder) -> Findings:
    """Look at everything that does not depend on how the project is started."""
    found = Findings(Layout(folder), read_hints(folder), find_dependencies(folder))
    sources = found.wanted.sources
    listed = [f.title for f in MAKERS.values() if f.package in found.wanted.names]
    if DJANGO.package in found.wanted.names:
        listed.append(DJANGO.title)
    if listed:
        names = " and ".join(dict.fromkeys(listed))
        found.detected.append(f"{sources[0]} lists {names}")
    elif sources:
        found.detected.append(f"dependencies come from {', '.join(sources)}")
    found.notes += [warning(text) for text in found.wanted.notes]
    return found


def assemble(
    recipe: str,
    folder: Folder,
    manifest: Manifest,
    bases: Bases,
    found: Findings,
    how: Commands,
    chosen: Candidate | None = None,
) -> BuildPlan:
    """The plan.

    Args:
        recipe: The recipe's name for the report.
        folder: The project.
        manifest: What the learner says.
        bases: The operator's images.
        found: What was learnt about the project; what is missing is added to it.
        how: How it is started.
        chosen: What the commands start, if we chose it.

    Raises:
        SubmissionError: ``build.base_unknown`` if no Python that fits is offered.
    """
    _add_imports(found, chosen)
    _add_servers(found, how)
    found.notes += [note(text) for text in how.notes]
    base = _base(folder, bases, found)
    name, version = own_name(folder)
    dockerfile, files = render(
        PythonImage(
            base=base.reference,
            requirements=found.wanted,
            start=how.line or how.start,
            folder=how.folder,
            search=_search(folder, chosen),
            prepare=how.prepare,
            prepare_late=bool(how.prepare) and waits_for_database(folder, manifest),
            name=name if _SAFE_NAME.match(name) else "",
            version=version if _SAFE_NAME.match(version) else "0.0.0",
            scripts=scripts(folder),
        )
    )
    ports = [port for port in (manifest.port, how.port, *found.hints.ports) if port]
    port = {"PORT": str(manifest.port)} if manifest.port else {}
    return BuildPlan(
        recipe=recipe,
        root=folder.root,
        dockerfile=dockerfile,
        files=files,
        bases=(base,),
        start=how.text,
        environment={**port, **manifest.env},
        ports=tuple(dict.fromkeys(ports)),
        base_path=manifest.base_path,
        detected=tuple(found.detected),
        notes=tuple(found.notes),
    )


def _search(folder: Folder, chosen: Candidate | None) -> list[str]:
    """Folders for PYTHONPATH: the app's own, a ``src`` with packages, the project's."""
    found = [chosen.root] if chosen and chosen.root else []
    if "src" in folder.folders and any(p.startswith("src/") for p in folder.with_suffix(".py")):
        found.append("src")
    return list(dict.fromkeys([*found, ""]))


def _add_imports(found: Findings, chosen: Candidate | None) -> None:
    """Add the distributions of imports that nothing lists, and say so."""
    wanted, layout = found.wanted, found.layout
    loaded = frozenset(module.path for module in layout.main_modules())
    # Django finds its apps by names in the settings, not by imports.
    if chosen and chosen.framework is not DJANGO:
        loaded = layout.reachable(chosen.module.path, chosen.root)
    nothing_listed = not wanted.lines
    missing = missing_imports(layout, loaded, wanted)
    if not missing:
        return
    packages = list(dict.fromkeys(missing.values()))
    for package in packages:
        wanted.add(package)
    names = ", ".join(packages)
    place = wanted.sources[0] if wanted.sources else "requirements.txt"
    if not nothing_listed:
        text = f"{names} installed too: the code needs it, but {place} does not list it; add it"
    elif wanted.sources:
        text = f"{place} lists nothing, so {names} installed, as the imports need; add it there"
    else:
        text = f"nothing lists the dependencies, so {names} installed; write a {place}"
    found.notes.append(warning(text))


def _add_servers(found: Findings, how: Commands) -> None:
    """Add the server that the start command needs where nothing lists it."""
    wanted = found.wanted
    first = how.text.split()[0] if how.text.strip() else ""
    for server in dict.fromkeys([*how.needs, *([first] if first in _SERVERS else [])]):
        if server not in brought(wanted):
            wanted.add(server)
            found.notes.append(note(f"{server} was added to start the app: nothing lists it"))


def _base(folder: Folder, bases: Bases, found: Findings) -> ResolvedBase:
    asked, place = asked_for(folder)
    newest = any(module.newer for module in found.layout.main_modules())
    version, why = choose(asked, bases.versions("python"), found.wanted, newest)
    base = bases.recipe("python", version)
    if why:
        found.notes.append(note(why))
    if base.note:
        found.notes.append(warning(base.note))
    if asked:
        shown = asked.removeprefix("==").removesuffix(".*")
        found.detected.append(f"{place} asks for Python {shown}")
    return base
