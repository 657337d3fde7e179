"""Reads ``requirements.txt`` files as pip does, and writes one file for uv.

What the learner's files say stays; what cannot matter on Linux or cannot work in a build is left
out with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from posixpath import dirname, normpath

from worker.builds.folder import Folder

# Packages that exist for Windows alone.
WINDOWS_ONLY = frozenset(
    {
        "pywin32", "pypiwin32", "pywinpty", "pywin32-ctypes", "win32-setctime", "windows-curses",
        "wmi", "winshell", "comtypes", "pyreadline", "pyreadline3", "win-inet-pton", "wincertstore",
        "twisted-iocpsupport", "pywinauto", "pefile",
    }
)  # fmt: skip
# Harmless to name, and nothing that a venv should change.
_INSTALLERS = frozenset({"pip", "distribute"})
_INDEX_OPTIONS = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host")
_KEPT_OPTIONS = ("--pre", "--no-binary", "--only-binary")
# More than any honest project has; each costs time to look at.
MOST_LINES = 2000
_PIN = re.compile(r"^[^=]*===?\s*([\w.!+-]+)\s*(?:;.*)?$")
_NAME = re.compile(r"^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?")
_OPTION_AT_END = re.compile(r"\s--(?:hash|config-settings|global-option|install-option)[=\s]\S+")


@dataclass(slots=True)
class Requirements:
    """What is to be installed.

    Attributes:
        lines: Requirements, as uv reads them.
        options: Lines with options (``--pre``).
        constraints: Pins that only apply to what is installed anyway.
        sources: The files it came from.
        notes: What was changed on the way.
        local: Folders of the tree that are requirements (``-e .``).
    """

    lines: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    local: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Normalised names of the distributions asked for."""
        return {name for line in self.lines if (name := name_of(line))}

    def extras(self, name: str) -> set[str]:
        """The extras asked for with a distribution (``fastapi[standard]``)."""
        found: set[str] = set()
        for line in self.lines:
            match = _NAME.match(line)
            if match and normal(match.group(1)) == name and match.group(2):
                found |= {part.strip().lower() for part in match.group(2)[1:-1].split(",")}
        return found

    def pins(self) -> dict[str, str]:
        """Exact versions asked for: normalised name -> version."""
        matches = ((line, _PIN.match(line)) for line in [*self.constraints, *self.lines])
        return {name_of(line): match.group(1) for line, match in matches if match}

    def add(self, requirement: str) -> None:
        if len(self.lines) < MOST_LINES and requirement not in self.lines:
            self.lines.append(requirement)

    def merge(self, lines: Iterable[str], source: str) -> None:
        self.sources.append(source)
        for line in lines:
            self.add(line)

    def text(self) -> str:
        return "\n".join([*self.options, *self.lines, ""])


def normal(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    """The normalised name in a requirement; empty for a URL or a path."""
    match = _NAME.match(requirement)
    if not match or requirement.startswith(("git+", "http:", "https:", ".", "/")):
        return ""
    return normal(match.group(1))


def read_requirements(folder: Folder, path: str, into: Requirements) -> None:
    """Read one requirements file and what it includes.

    Args:
        folder: The project.
        path: The file, relative to the folder.
        into: Takes what is found.
    """
    if path in into.sources:
        return
    into.sources.append(path)
    joined = re.sub(r"\\\n[ \t]*", " ", folder.text(path))
    for raw in joined.split("\n")[: 2 * MOST_LINES]:
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        if line:
            _read_line(folder, path, line, into)


def _read_line(folder: Folder, path: str, line: str, into: Requirements) -> None:
    word, _, value = re.sub(r"^(--?[a-z-]+)[=\s]\s*", r"\1 ", line).partition(" ")
    value = value.strip().strip("\"'")
    beside = normpath(f"{dirname(path)}/{value}".lstrip("/"))
    if word in ("-r", "--requirement"):
        if folder.has(beside):
            read_requirements(folder, beside, into)
        else:
            into.notes.append(f"{path} includes {value}, which is not there")
    elif word in ("-c", "--constraint"):
        inner = Requirements()
        if folder.has(beside):
            read_requirements(folder, beside, inner)
        into.constraints += inner.lines
    elif word in ("-e", "--editable"):
        _read_requirement(folder, path, value, into)
    elif word in _INDEX_OPTIONS:
        into.notes.append(f"{word} {_host(value)} in {path} was left out: builds use PyPI")
    elif word in _KEPT_OPTIONS:
        into.options.append(line)
    elif not word.startswith("-"):
        _read_requirement(folder, path, line, into)


def _read_requirement(folder: Folder, path: str, line: str, into: Requirements) -> None:
    line = _OPTION_AT_END.sub("", line).strip()
    bare = re.split(r"[\[;\s]", line, maxsplit=1)[0]
    if bare.startswith((".", "/", "file:")) or (folder.below(bare).top and "/" in bare):
        local = normpath(f"{dirname(path)}/{bare}".lstrip("/"))
        into.local.append("" if local == "." else local)
        return
    if "@ file:" in line:
        # conda writes where it built a package; the name is what counts.
        line = line.split("@")[0].strip()
    name = name_of(line)
    if name in WINDOWS_ONLY and "sys_platform" not in line:
        into.notes.append(f"{name} in {path} was left out: it is for Windows only")
    elif name not in _INSTALLERS:
        into.add(line)


def _host(url: str) -> str:
    found = re.search(r"://(?:[^/@]*@)?([^/]+)", url)
    return found.group(1) if found else url[:40]
