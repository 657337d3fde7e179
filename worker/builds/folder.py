"""What a recipe looks at: the text files of one folder of a learner's tree, never executed.

A :class:`Folder` is pure with respect to the tree: the same tree gives the same answers, whatever
machine it is looked at on.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from functools import cached_property
from posixpath import dirname
from typing import Protocol

# Enough for any file that tells how a project starts; a larger one is data.
READ_LIMIT = 1024 * 1024
# No person writes longer lines of code, and patterns are slow on what a program wrote.
LONGEST_LINE = 1000

# What tools put beside a learner's code. Committed by mistake now and then, and never the project.
TOOL_FOLDERS = frozenset(
    {
        ".git", ".hg", ".svn", ".idea", ".vscode", ".tox", ".nox", ".venv", "__pycache__",
        ".mypy_cache", ".pytest_cache", ".ruff_cache", "node_modules", "site-packages",
        "__MACOSX", ".grader",
    }
)  # fmt: skip


class Tree(Protocol):
    """A fetched source, as detection needs it. Paths are relative, with ``/``."""

    def paths(self) -> Iterable[str]:
        """Every file, in a stable order."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """At most ``limit`` bytes of a regular file."""
        ...


class Folder:
    """A folder of a tree, without what tools left in it.

    Args:
        tree: The fetched source.
        root: The folder, relative to the tree's root; empty for the root itself.
    """

    def __init__(self, tree: Tree, root: str = "") -> None:
        self._tree = tree
        self.root = root.strip("/")
        self._texts: dict[str, str | None] = {}

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Paths of all files, relative to this folder."""
        prefix = f"{self.root}/" if self.root else ""
        inside = [path[len(prefix) :] for path in self._tree.paths() if path.startswith(prefix)]
        homes = {dirname(path) for path in inside if path.endswith("/pyvenv.cfg")}
        skipped = tuple(f"{home}/" for home in homes)
        return tuple(
            path
            for path in inside
            # Names end up in lines of a Dockerfile: none may begin another line.
            if path.isprintable()
            and "\\" not in path
            and TOOL_FOLDERS.isdisjoint(path.split("/")[:-1])
            and not path.startswith(skipped)
        )

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.files)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that has a file somewhere below it; the root is ``""``."""
        found = {""}
        for path in self.files:
            while (path := dirname(path)) and path not in found:
                found.add(path)
        return frozenset(found)

    @cached_property
    def top(self) -> tuple[str, ...]:
        """Names of the files in the folder itself."""
        return tuple(path for path in self.files if "/" not in path)

    def has(self, path: str) -> bool:
        return path in self._known

    def find(self, name: str) -> str | None:
        """A file of the folder itself by name, whatever its capitals; None if there is none."""
        wanted = name.casefold()
        return next((path for path in self.top if path.casefold() == wanted), None)

    def with_suffix(self, *suffixes: str) -> list[str]:
        return [path for path in self.files if path.endswith(suffixes)]

    def raw(self, path: str) -> bytes:
        """The first megabyte of a file; empty if it is absent or no regular file."""
        if not self.has(path):
            return b""
        full = f"{self.root}/{path}" if self.root else path
        try:
            return self._tree.read(full, READ_LIMIT)
        except (OSError, KeyError):
            return b""

    def text(self, path: str) -> str:
        """A file's text, line ends made ``\\n``; empty if it is absent or no text."""
        if path not in self._texts:
            self._texts[path] = decode(self.raw(path))
        return self._texts[path] or ""

    def lines(self, path: str, limit: int = 256 * 1024) -> str:
        """The beginning of a file's text, without lines that are too long for a person's."""
        kept = [line for line in self.text(path)[:limit].split("\n") if len(line) <= LONGEST_LINE]
        return "\n".join(kept)

    def below(self, path: str) -> Folder:
        """A sub-folder, looked at in the same way."""
        return Folder(self._tree, f"{self.root}/{path}" if self.root else path)


def decode(raw: bytes) -> str | None:
    """Text from bytes: UTF-8 or UTF-16 with or without a mark, else Latin-1; None if binary.

    Windows PowerShell's ``>`` writes UTF-16 with a mark: many a ``requirements.txt`` comes so.
    """
    if raw.startswith(codecs.BOM_UTF8):
        text = raw.decode("utf-8-sig", "replace")
    elif raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", "replace")
    elif len(raw) > 3 and raw[1::2].count(0) > len(raw) // 3:
        text = raw.decode("utf-16-le", "replace")
    elif 0 in raw:
        return None
    else:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            # A multi-byte sign cut off where reading stopped is no sign of another encoding.
            cut = len(raw) - error.start < 4 and len(raw) >= READ_LIMIT
            text = raw[: error.start].decode("utf-8") if cut else raw.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")
