"""Finds how a Node.js project is started."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import dirname, normpath

from worker.builds.folder import Folder
from worker.builds.node.package import Package
from worker.builds.node.source import SUFFIXES, Script, read_script

_NAMES = ("server", "index", "app", "main", "api", "start", "www")
_FOLDERS = ("", "src", "server", "app", "api", "bin", "backend", "lib")
_ASIDE = re.compile(
    r"(^|/)(tests?|__tests__|spec|public|static|client|frontend|dist|build|docs|views)/"
)
_WATCHERS = re.compile(
    r"^(?:npx\s+)?(?:nodemon|node-dev|supervisor)\s+(?:--?[\w-]+(?:[= ]\S+)?\s+)*(\S+\.[cm]?js)\s*$"
)


@dataclass(frozen=True, slots=True)
class Start:
    """How it is started.

    Attributes:
        command: A shell line, or words.
        reason: What shows it, in a sentence.
        entry: The file that it starts, if it is known.
        build: The script that makes the program out of its sources; empty if none is needed.
        port: Where it probably listens.
        note: A sentence on what was chosen instead of the script; may be empty.
    """

    command: tuple[str, ...]
    reason: str
    entry: str = ""
    build: str = ""
    port: int | None = None
    note: str = ""


def find_start(folder: Folder, package: Package) -> Start | None:
    """The start command: the start script, the entry it names, or a file that serves."""
    build = _build_script(folder, package)
    for name in ("start", "serve", "start:prod", "prod", "dev", "server", "develop"):
        line = package.scripts.get(name, "")
        if not line or _serves_pages_only(line):
            continue
        entry = _entry_of(folder, line)
        watched = _WATCHERS.match(line)
        port = _port(folder, entry)
        if watched and folder.has(normpath(watched.group(1))):
            file = normpath(watched.group(1))
            text = f"`node {file}` was run instead of `{line}`, which watches for changes"
            return Start(("node", file), f"script {name}: {line}", file, build, port, text)
        return Start(("npm", "run", "--silent", name), f"script {name}: {line}", entry, build, port)
    named = _existing(folder, package.main)
    if named and read_script(folder, named).serves:
        return Start(
            ("node", named), f"package.json names {named}", named, build, _port(folder, named)
        )
    found = _serving_file(folder)
    if found:
        return Start(_run(found), f"{found} listens on a port", found, build, _port(folder, found))
    if named:
        return Start(_run(named), f"package.json names {named}", named, build, _port(folder, named))
    return None


def _run(path: str) -> tuple[str, ...]:
    return ("npx", "tsx", path) if path.endswith("ts") else ("node", path)


def _build_script(folder: Folder, package: Package) -> str:
    """``build`` where the program is made from TypeScript or by a bundler."""
    line = package.scripts.get("build", "")
    typed = folder.has("tsconfig.json") or "typescript" in package.development
    return (
        "build"
        if line
        and (
            typed
            or re.search(r"\b(tsc|tsup|esbuild|nest|babel|swc|rollup|webpack|next|vite)\b", line)
        )
        else ""
    )


def _serves_pages_only(line: str) -> bool:
    """A front end's development server is no back end."""
    return bool(re.match(r"^(react-scripts|vite|ng|vue-cli-service|parcel|live-server)\b", line))


def _entry_of(folder: Folder, line: str) -> str:
    for word in re.findall(r"[\w./-]+", line):
        found = _existing(folder, word)
        if found and found.endswith(SUFFIXES):
            return found
    return ""


def _existing(folder: Folder, name: str) -> str:
    base = normpath(name) if name else ""
    for path in (base, *(f"{base}{s}" for s in SUFFIXES), *(f"{base}/index{s}" for s in SUFFIXES)):
        if base and folder.has(path):
            return path
    return ""


def _serving_file(folder: Folder) -> str:
    """The file that listens: the usual names first, then any file that does."""
    usual = [
        normpath(f"{place}/{name}{suffix}").lstrip("/")
        for place in _FOLDERS
        for name in _NAMES
        for suffix in SUFFIXES
    ]
    others = [p for p in folder.with_suffix(*SUFFIXES) if not _ASIDE.search(p)]
    others.sort(key=lambda path: (path.count("/"), path))
    for path in [*(p for p in usual if folder.has(p)), *others[:300]]:
        if read_script(folder, path).serves:
            return path
    return ""


def loaded_scripts(folder: Folder, entry: str) -> list[Script]:
    """The entry and every file of the project that it imports in turn."""
    waiting, seen = [entry], {entry}
    found: list[Script] = []
    while waiting and len(found) < 500:
        path = waiting.pop()
        script = read_script(folder, path)
        found.append(script)
        for name in script.relative:
            file = _existing(folder, normpath(f"{dirname(path)}/{name}".lstrip("/")))
            if not file and name.endswith(".js"):
                # TypeScript imports its own files by the names they will have.
                file = _existing(folder, normpath(f"{dirname(path)}/{name[:-3]}.ts".lstrip("/")))
            if file and file.endswith(SUFFIXES) and file not in seen:
                seen.add(file)
                waiting.append(file)
    return found


def _port(folder: Folder, entry: str) -> int | None:
    if not entry:
        return None
    return next((s.port for s in loaded_scripts(folder, entry) if s.port), None)
