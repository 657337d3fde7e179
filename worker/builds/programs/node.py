"""The recipe for a command-line program in JavaScript or TypeScript."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.errors import SubmissionError
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.node.entry import Start, file_of, from_file
from worker.builds.node.package import Package, read_package
from worker.builds.node.recipe import plan_of
from worker.builds.node.source import SUFFIXES
from worker.builds.plan import APP_DIR, Bases, BuildPlan
from worker.builds.programs.python import words_of
from worker.builds.programs.scripts import script_words

_RUNS = re.compile(r"^(?:node|tsx|ts-node)\s+(?P<file>[\w./-]+)\s*$")
_NAMES = ("index", "main", "cli", "app", "task-cli", "task", "game")
_READS = re.compile(r"\bprocess\.argv\b|\breadline\b|\bprocess\.stdin\b|\binquirer\b|\bcommander\b")


class NodeProgram:
    """Finds what is called: ``bin`` of package.json, its start script, its main, a file."""

    name = "node"

    def detect(self, folder: Folder) -> str:
        if folder.has("package.json"):
            return "package.json"
        if any(path.endswith(SUFFIXES) for path in folder.top):
            return "JavaScript files"
        return "a Node.js script" if script_words(folder, ("node",)) else ""

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it; see :class:`~worker.builds.plan.Recipe`.

        Raises:
            SubmissionError: ``build.no_program`` if nothing in it can be called,
                ``build.package_json`` if that file cannot be read.
        """
        package = read_package(folder)
        start = _installed(_start(folder, package, manifest))
        # The base's own ENTRYPOINT would take the arguments for a program.
        return replace(plan_of(folder, package, start, manifest, bases), command=start.command)


def _installed(start: Start) -> Start:
    """Commands run elsewhere: what npm installed beside the code is named in full."""
    first, *rest = start.command
    if first == "tsx":
        return replace(start, command=(f"{APP_DIR}/node_modules/.bin/tsx", *rest))
    return start


def _start(folder: Folder, package: Package, manifest: Manifest) -> Start:
    if manifest.start:
        said = f"grader.toml says how it is called: {manifest.start}"
        return Start(words_of(manifest.start), said)
    for name in package.binaries:
        file = file_of(folder, name) or (name if folder.has(name) else "")
        if file:
            return _from(folder, package, file, f"package.json, bin: {file}")
    line = package.scripts.get("start", "").strip()
    found = _RUNS.match(line)
    if found and (file := file_of(folder, found.group("file"))):
        return _from(folder, package, file, f"package.json, script start: {line}")
    script = script_words(folder, ("node",))
    if script:
        return Start(script, f"{script[1]} is a Node.js program by its first line", script[1])
    if package.main and (file := file_of(folder, package.main)):
        return _from(folder, package, file, f"package.json names {file}")
    file = _likely(folder)
    if not file:
        raise SubmissionError("build.no_program", language="Node.js")
    return _from(folder, package, file, f"{file} is what is called")


def _from(folder: Folder, package: Package, file: str, reason: str) -> Start:
    return replace(from_file(folder, package, file, reason), port=None)


def _likely(folder: Folder) -> str:
    paths = [p for p in folder.with_suffix(*SUFFIXES) if p.count("/") <= 1]

    def rank(path: str) -> tuple[bool, bool, int, str]:
        name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        reads = _READS.search(folder.lines(path)) is not None
        return (not reads, name not in _NAMES, path.count("/"), path)

    usual = [path for path in sorted(paths, key=rank) if not re.search(r"test|spec|config", path)]
    return usual[0] if usual else ""
