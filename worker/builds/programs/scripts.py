"""Files that say in their first line what runs them, such as ``#!/usr/bin/env python3``."""

from __future__ import annotations

import re
from posixpath import basename

from worker.builds.folder import Folder

_FIRST = re.compile(r"#!\s*(?:/usr/bin/env\s+(?:-S\s+)?)?(\S+)")
_PLACES = ("", "bin/", "scripts/")
_PYTHON = re.compile(r"^python[\d.]*$")
_SHELL = ("sh", "bash")


def interpreter_of(folder: Folder, path: str) -> str:
    """``python``, ``node``, ``sh`` or ``bash`` where a file's first line names it; else empty."""
    found = _FIRST.match(folder.text(path)[:200])
    name = basename(found.group(1)) if found else ""
    if _PYTHON.match(name):
        return "python"
    return name if name in ("node", *_SHELL) else ""


def script_words(folder: Folder, interpreters: tuple[str, ...]) -> tuple[str, ...]:
    """The program, where a file without a suffix is one: ``task-cli``, ``bin/task-cli``.

    It is started through its interpreter, because many a one lost its mode on the way.

    Args:
        folder: The project.
        interpreters: Those to look for.
    """
    for place in _PLACES:
        for path in folder.files:
            name = path.removeprefix(place)
            if not path.startswith(place) or "/" in name or "." in name:
                continue
            interpreter = interpreter_of(folder, path)
            if interpreter in interpreters:
                return (interpreter, path)
    return ()


def shell_words(folder: Folder) -> tuple[str, ...]:
    """A shell script that is the program, where there is nothing else: ``task.sh``."""
    found = script_words(folder, _SHELL)
    if found:
        return found
    named = [path for path in folder.top if path.endswith((".sh", ".bash"))]
    useful = [path for path in named if basename(path) not in ("install.sh", "setup.sh")]
    if not useful:
        return ()
    return (interpreter_of(folder, useful[0]) or "sh", useful[0])
