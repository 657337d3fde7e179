"""What git knows about a folder on disk, learnt without running git in it.

A repository's own configuration can name programs that git runs. So HEAD is read as the file it
is, and the commit's names are listed by a git that works in a repository of ours which merely
borrows the folder's object store.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from contextlib import closing
from pathlib import Path

from worker.sources.git_objects import list_tree
from worker.sources.git_process import Git
from worker.sources.names import is_junk, shown, unwanted_folder
from worker.sources.remarks import Names
from worker.sources.tree import SourceTree

_OID = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
_REF = re.compile(rb"ref: (refs/[\w./+-]+)")
_SMALL = 4096
_PACKED_REFS = 16 * 1024 * 1024
# A commit far beyond what a source may hold is not compared.
_MOST_FILES = 100_000
_FILES = (b"100644", b"100755")


def head_commit(folder: int) -> str | None:
    """The commit that is checked out in an open folder, or ``None`` if that cannot be told.

    Only plain files below ``.git`` are read, no link is followed; a ``.git`` that points
    elsewhere (a work tree of another repository) is left alone.
    """
    head = _read(folder, b".git/HEAD", _SMALL).strip()
    symbolic = _REF.fullmatch(head)
    if symbolic and b".." not in symbolic.group(1):
        name = symbolic.group(1)
        head = _read(folder, b".git/" + name, _SMALL).strip() or _packed(folder, name)
    return head.decode() if _OID.fullmatch(head) else None


def differences(folder: Path, commit: str, tree: SourceTree, git: Git) -> str | None:
    """How the files that were taken differ from a commit, in a sentence; ``None`` if they do not.

    Args:
        folder: Holds ``.git``.
        commit: Full name, from :func:`head_commit`.
        tree: What was taken from the folder.
        git: Its repository is made here.

    Raises:
        GitError: If the commit cannot be listed.
    """
    git.init("sha256" if len(commit) == 64 else "sha1")
    store = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(folder.absolute() / ".git" / "objects")}
    changed, missing = Names(), Names()
    known: set[str] = set()
    with closing(list_tree(git, commit, store)) as listing:
        for entry in listing:
            known.add(entry.path)
            if len(known) > _MOST_FILES:
                return None
            if entry.mode not in _FILES or unwanted_folder(entry.path) or is_junk(entry.path):
                continue
            if not tree.has(entry.path):
                missing.add(shown(entry.path))
            elif _blob_name(tree, entry.path, len(commit)) != entry.oid:
                changed.add(shown(entry.path))
    new = Names(shown(path) for path in tree.paths() if path not in known)
    parts = ((changed, "changed"), (missing, "missing"), (new, "not in it"))
    return "; ".join(f"{word}: {names}" for names, word in parts if names) or None


def _blob_name(tree: SourceTree, path: str, length: int) -> str:
    """The name that git would give to a file's contents."""
    digest = hashlib.sha256() if length == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % tree.size_of(path))
    for chunk in tree.chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _packed(folder: int, name: bytes) -> bytes:
    for line in _read(folder, b".git/packed-refs", _PACKED_REFS).splitlines():
        oid, _, ref = line.partition(b" ")
        if ref == name:
            return oid
    return b""


def _read(folder: int, path: bytes, most: int) -> bytes:
    """The start of a regular file, reached without following any link; empty if there is none."""
    opened: list[int] = []
    *parents, name = path.split(b"/")
    try:
        for parent in parents:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            folder = os.open(parent, flags, dir_fd=folder)
            opened.append(folder)
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.open(name, flags, dir_fd=folder)
        opened.append(file)
        return os.read(file, most) if stat.S_ISREG(os.fstat(file).st_mode) else b""
    except OSError:
        return b""
    finally:
        for descriptor in reversed(opened):
            os.close(descriptor)
