"""Finds how a Node.js project is started."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from posixpath import dirname, normpath

from worker.builds.folder import Folder
from worker.builds.node.package import Package
from worker.builds.node.source import SUFFIXES, Script, read_script

_SCRIPTS = ("start", "serve", "start:prod", "prod", "server", "dev", "start:dev", "develop")
_NAMES = ("server", "index", "app", "main", "api", "start", "www")
_FOLDERS = ("", "src", "server", "app", "api", "bin", "backend", "lib")
_ASIDE = re.compile(
    r"(^|/)(tests?|__tests__|spec|public|static|client|frontend|dist|build|docs|views)/"
)
# A tool that starts a program again when files change, and the program.
_WATCHER = re.compile(
    r"^(?:npx\s+)?(?:nodemon|node-dev|supervisor|node\s+--watch|tsx\s+watch)"
    r"(?:\s+--?[\w-]+(?:=\S+)?)*(?:\s+(?P<file>[\w./-]+))?\s*$"
)
_MAKES_PROGRAM = re.compile(r"\b(tsc|tsup|esbuild|nest|babel|swc|rollup|webpack|next|vite)\b")
_PAGES_ONLY = re.compile(r"^(react-scripts|vite|ng|vue-cli-service|parcel|live-server)\b")
_MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Start:
    """How it is started.

    Attributes:
        command: As words.
        reason: What shows it, as a sentence.
        entry: The file that it starts, if it is known.
        build: The script that makes the program out of its sources; empty if none is needed.
        port: Where it probably listens.
        note: What was done instead of what the script says; may be empty.
    """

    command: tuple[str, ...]
    reason: str
    entry: str = ""
    build: str = ""
    port: int | None = None
    note: str = ""

    @property
    def line(self) -> str:
        """The command as the report shows it."""
        if self.command[:2] == ("sh", "-c"):
            return self.command[2].removeprefix("exec ")
        return " ".join(self.command)


def find_start(folder: Folder, package: Package) -> Start | None:
    """The start script, else the entry that is named, else a file that serves; None without."""
    for name in _SCRIPTS:
        line = package.scripts.get(name, "").strip()
        if line and not _PAGES_ONLY.match(line):
            return _from_script(folder, package, name, line)
    named = next(
        (p for name in (package.main, *package.binaries) if (p := file_of(folder, name))), ""
    )
    if named and read_script(folder, named).serves:
        return from_file(folder, package, named, f"package.json names {named}")
    serving = _serving_file(folder)
    if serving:
        return from_file(folder, package, serving, f"{serving} listens on a port")
    return from_file(folder, package, named, f"package.json names {named}") if named else None


def _from_script(folder: Folder, package: Package, name: str, line: str) -> Start:
    reason = f"package.json, script {name}: {line}"
    build = _build_script(folder, package)
    watched = _WATCHER.match(line)
    if watched:
        file = file_of(folder, watched.group("file") or package.main or "index.js")
        if file:
            told = f"`{' '.join(_run(file))}` was run instead of `{line}`, which watches the files"
            return Start(_run(file), reason, file, build, _port(folder, file), told)
    entry = _entry_of(folder, line)
    port = _port(folder, entry)
    if f"pre{name}" in package.scripts or f"post{name}" in package.scripts:
        return Start(("npm", "run", "--silent", name), reason, entry, build, port)
    plain = not re.search(r"[;&|<>(){}$`\n=]", line)
    # Without npm in between the app starts sooner and hears signals.
    command = tuple(_words(line)) if plain else ("sh", "-c", line)
    return Start(command, reason, entry, build, port)


def from_file(folder: Folder, package: Package, file: str, reason: str) -> Start:
    """A script that is run as it is."""
    build = _build_script(folder, package)
    return Start(_run(file), reason, file, build, _port(folder, file))


def _run(path: str) -> tuple[str, ...]:
    return ("tsx", path) if path.endswith("ts") else ("node", path)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return ["sh", "-c", line]


def _build_script(folder: Folder, package: Package) -> str:
    """``build`` where the program is made from TypeScript or by a bundler."""
    line = package.scripts.get("build", "")
    typed = folder.has("tsconfig.json") or "typescript" in package.development
    return "build" if line and (typed or _MAKES_PROGRAM.search(line)) else ""


def _entry_of(folder: Folder, line: str) -> str:
    for word in re.findall(r"[\w./-]+", line):
        found = file_of(folder, word)
        if found:
            return found
    return ""


def file_of(folder: Folder, name: str) -> str:
    """The script that a name means to ``require``; empty if there is none."""
    base = normpath(name) if name else ""
    for path in (base, *(f"{base}{s}" for s in SUFFIXES), *(f"{base}/index{s}" for s in SUFFIXES)):
        if base and path.endswith(SUFFIXES) and folder.has(path):
            return path
    # TypeScript imports its own files by the names that they will have.
    if base.endswith(".js") and folder.has(f"{base[:-3]}.ts"):
        return f"{base[:-3]}.ts"
    return base if base and folder.has(base) and base.startswith("bin/") else ""


def _serving_file(folder: Folder) -> str:
    """The file that listens: the usual names first, then any file that does."""
    usual = [
        normpath(f"{place}/{name}{suffix}").lstrip("/")
        for place in _FOLDERS
        for name in _NAMES
        for suffix in SUFFIXES
    ]
    others = [path for path in folder.with_suffix(*SUFFIXES) if not _ASIDE.search(path)]
    others.sort(key=lambda path: (path.count("/"), path))
    for path in [*(path for path in usual if folder.has(path)), *others[:_MOST_FILES]]:
        if read_script(folder, path).serves:
            return path
    return ""


def loaded_scripts(folder: Folder, entry: str) -> list[Script]:
    """The entry and every file of the project that it imports in turn."""
    waiting, seen = [entry], {entry}
    found: list[Script] = []
    while waiting and len(found) < _MOST_FILES:
        path = waiting.pop()
        script = read_script(folder, path)
        found.append(script)
        for name in script.relative:
            file = file_of(folder, normpath(f"{dirname(path)}/{name}".lstrip("/")))
            if file and file not in seen:
                seen.add(file)
                waiting.append(file)
    return found


def _port(folder: Folder, entry: str) -> int | None:
    if not entry:
        return None
    return next((script.port for script in loaded_scripts(folder, entry) if script.port), None)
