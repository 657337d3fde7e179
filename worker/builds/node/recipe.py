"""The recipe for a Node.js project without a Dockerfile."""

from __future__ import annotations

import json
from dataclasses import dataclass

from grader.domain.report import Note
from grader.errors import SubmissionError
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.node.entry import Start, find_start, loaded_scripts
from worker.builds.node.package import LOCKS, Package, node_version, read_package
from worker.builds.node.source import KNOWN, SUFFIXES, read_script
from worker.builds.plan import APP_DIR, APP_USER, PORT, Bases, BuildPlan, note, warning

_TOOLS = "/opt/grader"


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
        start = find_start(folder, package)
        if manifest.start:
            entry = start.entry if start else ""
            build = start.build if start else ""
            start = Start(("sh", "-c", manifest.start), "grader.toml names it", entry, build)
        if start is None:
            raise SubmissionError("build.no_entry", language="Node.js", log="")
        version, place = node_version(folder, package, bases.versions("node"))
        base = bases.recipe("node", version)
        notes: list[Note] = [note(start.note)] if start.note else []
        if base.note:
            notes.append(warning(base.note))
        extra = _missing(folder, package, start, notes)
        image = _Image(base.reference, _install(folder, package, notes), extra, start)
        dockerfile, files = image.render(folder, package)
        ports = [p for p in (manifest.port, start.port, PORT) if p]
        detected = [start.reason] + ([f"{place} asks for Node.js {version}"] if place else [])
        return BuildPlan(
            recipe=self.name,
            root=folder.root,
            dockerfile=dockerfile,
            files=files,
            bases=(base,),
            start=manifest.start or " ".join(start.command),
            environment={
                **(
                    {"PORT": str(manifest.port or start.port)}
                    if manifest.port or start.port
                    else {}
                ),
                **manifest.env,
            },
            ports=tuple(dict.fromkeys(ports)),
            base_path=manifest.base_path,
            detected=tuple(detected),
            notes=tuple(notes),
        )


def _missing(folder: Folder, package: Package, start: Start, notes: list[Note]) -> tuple[str, ...]:
    """Well-known packages that the code loads and nothing lists."""
    listed = {*package.dependencies, *package.development}
    loaded = loaded_scripts(folder, start.entry) if start.entry else []
    used = {name for script in loaded for name in script.packages}
    missing = sorted((used & KNOWN) - listed)
    if "tsx" in start.command and "tsx" not in listed:
        missing.append("tsx")
    if missing:
        where = "package.json does not list them" if package.exists else "there is no package.json"
        notes.append(warning(f"{', '.join(missing)} installed, as the code needs: {where}"))
    return tuple(missing)


def _install(folder: Folder, package: Package, notes: list[Note]) -> str:
    """The install command; empty if there is nothing to install."""
    if not package.dependencies and not package.development:
        return ""
    lock = next((name for name in LOCKS if folder.has(name)), "")
    # Development packages too: builds need them, and many learners list express there.
    command = "npm install --include=dev --no-audit --no-fund --no-update-notifier"
    if LOCKS.get(lock) == "npm":
        # A lock that does not match package.json makes `npm ci` stop; the app itself is fine.
        return f"npm ci --include=dev --no-audit --no-fund --no-update-notifier || {command}"
    if lock:
        notes.append(note(f"npm was used to install, so {lock} did not fix the versions"))
    return command


@dataclass(frozen=True, slots=True)
class _Image:
    base: str
    install: str
    extra: tuple[str, ...]
    start: Start

    def render(self, folder: Folder, package: Package) -> tuple[str, dict[str, bytes]]:
        """The Dockerfile and its context files; dependencies have a layer of their own."""
        files: dict[str, bytes] = {}
        lines = [f"FROM {self.base}", f"WORKDIR {APP_DIR}"]
        steps = [f"chown {APP_USER}:{APP_USER} {APP_DIR}"]
        if self.install or self.extra:
            lines.append(f"COPY {json.dumps([*self._manifests(folder, files, package), './'])}")
            steps = [self.install] if self.install else []
            if self.extra:
                names = " ".join(self.extra)
                steps.append(f"npm install --no-save --no-audit --no-fund {names}")
            steps = [f"({step})" if "||" in step else step for step in steps]
            steps.append(f"chown {APP_USER}:{APP_USER} {APP_DIR}")
        steps.append(f"echo app:x:{APP_USER}:{APP_USER}::{APP_DIR}:/bin/sh >> /etc/passwd")
        lines += [
            f"RUN {' && '.join(steps)}",
            # Not "production": with it npm would leave development packages out at run time too.
            f'ENV PORT="{PORT}" HOME="{APP_DIR}" npm_config_update_notifier="false"',
            f"COPY --chown={APP_USER}:{APP_USER} . {APP_DIR}/",
        ]
        if self.start.build:
            lines.append(
                f"RUN npm run {self.start.build} && chown -R {APP_USER}:{APP_USER} {APP_DIR}/*"
            )
        lines += [f"USER {APP_USER}:{APP_USER}", f"CMD {json.dumps(list(self.start.command))}"]
        return "\n".join(lines) + "\n", files

    def _manifests(self, folder: Folder, files: dict[str, bytes], package: Package) -> list[str]:
        """The files that the install command reads."""
        names = ["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"]
        if not package.exists:
            files[".grader/package.json"] = b'{"private": true}\n'
            return [".grader/package.json"]
        prisma = [path for path in folder.files if path == "prisma/schema.prisma"]
        return [name for name in names if folder.has(name)] + prisma
