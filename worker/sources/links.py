"""Symbolic links of a learner's tree: which are kept.

Kept is a link to a regular file of the same tree, and the host never follows even those: they are
looked up in the list of names. Links to folders go too, since they can make loops.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from worker.sources.entries import Entry, File, Link
from worker.sources.names import odd

_MAX_HOPS = 8
_MAX_TARGET = 1024


def folders_of(paths: Iterable[str]) -> frozenset[str]:
    """Every folder above the given paths."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(found)


def leaves_tree(path: str, target: str) -> bool:
    """Whether a link at ``path`` points out of the tree, by its words alone."""
    return target.startswith("/") or "\0" in target or _join(path, target, None) == ".."


def ends_at(entries: Mapping[str, Entry], path: str) -> str | None:
    """The regular file that a link leads to inside the tree, or ``None``."""
    return _ends_at(entries, folders_of(entries), path)


def with_good_links(entries: Mapping[str, Entry]) -> tuple[dict[str, Entry], tuple[str, ...]]:
    """Keep the links that lead to regular files of the tree.

    Returns:
        The entries that stay, and the paths of the links that were dropped.
    """
    folders = folders_of(entries)
    dropped = tuple(
        path
        for path, entry in entries.items()
        if isinstance(entry, Link) and _ends_at(entries, folders, path) is None
    )
    gone = set(dropped)
    return {path: entry for path, entry in entries.items() if path not in gone}, dropped


def _ends_at(entries: Mapping[str, Entry], folders: Collection[str], path: str) -> str | None:
    for _ in range(_MAX_HOPS):
        entry = entries.get(path)
        if entry is None:
            return None
        if isinstance(entry, File):
            return path
        target = entry.target
        if target.startswith("/") or len(target) > _MAX_TARGET or odd(target) or "\\" in target:
            return None
        following = _join(path, target, folders)
        if following is None or following == "..":
            return None
        path = following
    return None


def _join(path: str, target: str, folders: Collection[str] | None) -> str | None:
    """The path that a relative link means.

    Returns:
        The path; ``".."`` if it leaves the tree; ``None`` if it passes something that is not one
        of ``folders`` (where given): then ``..`` behind it would not mean what it says.
    """
    parts = path.split("/")[:-1]
    steps = target.split("/")
    for place, step in enumerate(steps, start=1):
        if step in ("", "."):
            continue
        if step == "..":
            if not parts:
                return ".."
            parts.pop()
            continue
        parts.append(step)
        if folders is not None and place < len(steps) and "/".join(parts) not in folders:
            return None
    return "/".join(parts)
