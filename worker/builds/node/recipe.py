"""The recipe for a Node.js project without a Dockerfile."""

from __future__ import annotations

from grader.domain.report import Note
from grader.errors import SubmissionError
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.node.entry import Start, find_start, loaded_scripts
from worker.builds.node.image import NodeImage, render
from worker.builds.node.package import Package, manager_of, node_version, read_package
from worker.builds.node.prepare import preparations
from worker.builds.node.source import KNOWN, SUFFIXES, read_script
from worker.builds.plan import PORT, Bases, BuildPlan, note, warning


class NodeRecipe:
    """Detects what a Node.js project needs and how it is started."""

    name = "node"

    def detect(self, folder: Folder) -> str:
        if folder.has("package.json"):
            return "package.json"
        scripts = [path for path in folder.top if path.endswith(SUFFIXES)]
        return next((path for path in scripts if read_script(folder, path).serves), "")

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it; see :class:`Recipe`.

        Raises:
            SubmissionError: ``build.no_entry`` if nothing in it serves,
                ``build.package_json`` if that file cannot be read.
        """
        package = read_package(folder)
        start = _start(folder, package, manifest)
        return plan_of(folder, package, start, manifest, bases)


def plan_of(
    folder: Folder, package: Package, start: Start, manifest: Manifest, bases: Bases
) -> BuildPlan:
    """The plan, once it is known how the project is started.

    Raises:
        SubmissionError: ``build.base_unknown`` if no Node.js that fits is offered.
    """
    version, place = node_version(folder, package, bases.versions("node"))
    base = bases.recipe("node", version)
    notes: list[Note] = [note(start.note)] if start.note else []
    notes += [warning(base.note)] if base.note else []
    manager = manager_of(folder, package)
    lock = next((name for name in ("pnpm-lock.yaml", "yarn.lock") if folder.has(name)), "")
    if manager == "npm" and lock:
        notes.append(note(f"npm was used to install, so {lock} did not fix the versions"))
    extra = _missing(folder, package, start, notes)
    prepare = preparations(folder, package, start.line)
    if prepare:
        ran = " and ".join(f"`{command}`" for command in prepare)
        notes.append(note(f"{ran} was run before the first start"))
    image = NodeImage(base.reference, manager, extra, start, prepare)
    dockerfile, files = render(image, folder, package)
    port = manifest.port or start.port
    asked = [f"{place} asks for Node.js {version}"] if place else []
    return BuildPlan(
        recipe=NodeRecipe.name,
        root=folder.root,
        dockerfile=dockerfile,
        files=files,
        bases=(base,),
        start=manifest.start or start.line,
        environment={**({"PORT": str(port)} if port else {}), **manifest.env},
        ports=tuple(dict.fromkeys([*([port] if port else []), PORT])),
        base_path=manifest.base_path,
        detected=(start.reason, *asked),
        notes=tuple(notes),
    )


def _start(folder: Folder, package: Package, manifest: Manifest) -> Start:
    found = find_start(folder, package)
    if manifest.start:
        entry, build = (found.entry, found.build) if found else ("", "")
        line = ("sh", "-c", manifest.start)
        return Start(line, f"started as it says: {manifest.start}", entry, build)
    if found is None:
        raise SubmissionError("build.no_entry", language="Node.js")
    return found


def _missing(folder: Folder, package: Package, start: Start, notes: list[Note]) -> tuple[str, ...]:
    """Well-known packages that the code loads and nothing lists."""
    listed = {*package.dependencies, *package.development}
    loaded = loaded_scripts(folder, start.entry) if start.entry else []
    used = {name for script in loaded for name in script.packages}
    missing = sorted((used & KNOWN) - listed)
    if start.command[0] == "tsx" and "tsx" not in listed:
        missing.append("tsx")
    if missing:
        where = "package.json does not list them" if package.exists else "there is no package.json"
        names = ", ".join(missing)
        notes.append(warning(f"{names} installed, as the code needs: {where}"))
    return tuple(missing)
