"""Which names of files are taken, left out or refused, and how a name is shown.

Names never become paths of this machine (contents are kept in one spool file), so that a bad name
can do harm only later: in the engine's build context, in a shell, in a log. Three rules follow.

- A name that can only be an attack ends the submission: it leaves the tree, or stands for git's
  own folder on some file system.
- A name that would be odd to handle but harms nobody is left out, and the learner is told.
- A name of a cache or of installed dependencies is left out: a build makes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection

MAX_COMPONENT_BYTES = 255
MAX_PATH_BYTES = 1024

# What installs from a list of dependencies makes: big, and made for another machine.
DEPENDENCIES = frozenset({"node_modules", ".venv", "venv"})
CACHES = frozenset(
    {
        "__MACOSX",
        "__pycache__",
        ".eggs",
        ".git",
        ".hg",
        ".hypothesis",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
    }
)
JUNK_FILES = frozenset({".DS_Store", ".git", "Thumbs.db"})

_DRIVE = re.compile(r"[A-Za-z]:")
# Code points that HFS+ ignores in names, so that ".g<200c>it" opens ".git" there.
_HFS_IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
# Control characters, and those that reorder or hide text where it is shown.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def unsafe(path: str, allowed: Collection[str] = ()) -> str | None:
    """Why a path is refused, as the end of a sentence; ``None`` if it is not.

    Args:
        path: Relative, as the source spelt it.
        allowed: Components that pass whatever they are.

    The list is the one of git's own object checks (``hasDotgit``, ``hasDotdot`` …) together with
    what unpackers of archives fell for.
    """
    if "\0" in path:
        return "it contains a NUL byte"
    if path.startswith("/"):
        return "it is absolute"
    if "\\" in path:
        return "it contains a backslash"
    if _DRIVE.match(path):
        return "it starts with a drive letter"
    for component in path.split("/"):
        if component in allowed:
            continue
        if component in ("", ".", ".."):
            return f"it has “{component}” as a component"
        if _is_dot_git(component):
            return "it stands for git's own folder"
    return None


def odd(path: str) -> str | None:
    """Why a harmless path is left out, in words; ``None`` if it is taken."""
    if _SURROGATE.search(path):
        return "its name is not UTF-8"
    if _CONTROL.search(path):
        return "its name contains a control character"
    if any(len(c.encode()) > MAX_COMPONENT_BYTES for c in path.split("/")):
        return f"its name is longer than {MAX_COMPONENT_BYTES} bytes"
    if len(path.encode()) > MAX_PATH_BYTES:
        return f"its path is longer than {MAX_PATH_BYTES} bytes"
    return None


def unwanted_folder(path: str) -> str | None:
    """The folder of caches or dependencies that a file lies in, or ``None``."""
    folders = path.split("/")[:-1]
    for depth, name in enumerate(folders, start=1):
        if name in CACHES or name in DEPENDENCIES:
            return "/".join(folders[:depth])
    return None


def is_junk(path: str) -> bool:
    """Whether a file is the litter of a file manager, or a pointer to a git folder."""
    return path.rsplit("/", 1)[-1] in JUNK_FILES


def shown(name: str, longest: int = 120) -> str:
    """A name as a person may see it: nothing hidden, nothing that steers a terminal, not long."""
    text = _INVISIBLE.sub(_escape, name)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8 (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _is_dot_git(component: str) -> bool:
    # NTFS drops trailing dots and spaces and cuts at a colon; git~1 is the short name of .git.
    on_ntfs = component.split(":", 1)[0].rstrip(" .").casefold()
    on_hfs = _HFS_IGNORED.sub("", component).casefold()
    return on_ntfs in (".git", "git~1") or on_hfs == ".git"
