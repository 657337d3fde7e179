"""The build context: what of a tree goes into it, and what of ours."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from posixpath import dirname
from typing import IO

from worker.builds.folder import TOOL_FOLDERS, decode
from worker.builds.ignore import Ignore
from worker.builds.plan import SOURCE, BuildPlan
from worker.sources.tree import SourceTree

DOCKERFILE = ".grader/Dockerfile"
_IGNORE = ".dockerignore"
_IGNORE_LIMIT = 256 * 1024
# Contexts above this are written to a file instead of being kept in memory.
SPOOL_BYTES = 8 * 1024 * 1024


def write_context(tree: SourceTree, plan: BuildPlan, dockerfile: str) -> IO[bytes]:
    """The context as a tar, ready to be read; the caller closes it.

    A learner's own Dockerfile gets what the learner's ``.dockerignore`` leaves of the tree, at
    the top. A detected project is a folder beside ours, without what tools left in it.
    """
    file = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 (the caller closes it)
    ours = {**plan.files, DOCKERFILE: dockerfile.encode()}
    if plan.recipe == "dockerfile":
        rules = tree.read(_IGNORE, _IGNORE_LIMIT) if tree.has(_IGNORE) else b""
        ignore = Ignore(decode(rules) or "")
        # The engine takes a Dockerfile that .dockerignore names out of what COPY sees.
        ours[_IGNORE] = rules + f"\n{DOCKERFILE}\n{_IGNORE}\n".encode()
        tree.write_tar(file, lambda p: p.startswith(".grader/") or ignore.excludes(p), ours)
    else:
        _write_beside(tree, file, ours)
    file.seek(0)
    return file


def export_context(tree: SourceTree, plan: BuildPlan, folder: Path) -> None:
    """The same in a folder, to be built by hand: ``docker build -f .grader/Dockerfile``."""
    with (
        write_context(tree, plan, plan.dockerfile) as context,
        tarfile.open(fileobj=context, mode="r:") as tar,
    ):
        tar.extractall(folder, filter="data")


def _write_beside(tree: SourceTree, file: IO[bytes], ours: dict[str, bytes]) -> None:
    """The tree below ``source/``, our files at the top."""
    homes = {dirname(path) for path in tree.paths() if path.endswith("/pyvenv.cfg")}
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as plain:
        tree.write_tar(plain, _tools(homes))
        plain.seek(0)
        with (
            tarfile.open(fileobj=plain, mode="r:") as inner,
            tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as outer,
        ):
            _add_folder(outer, SOURCE)
            for member in inner:
                content = inner.extractfile(member) if member.isreg() else None
                member.name = f"{SOURCE}/{member.name}"
                # A long name stands there too, and would win.
                member.pax_headers = {}
                outer.addfile(member, content)
            for path in sorted(ours):
                member = tarfile.TarInfo(path)
                member.size = len(ours[path])
                outer.addfile(member, io.BytesIO(ours[path]))


def _add_folder(tar: tarfile.TarFile, name: str) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.mode = tarfile.DIRTYPE, 0o755
    tar.addfile(member)


def _tools(homes: set[str]) -> Callable[[str], bool]:
    """Whether a path is something that tools left."""
    prefixes = tuple(f"{home}/" for home in homes)

    def left(path: str) -> bool:
        folders = path.split("/")[:-1]
        return not TOOL_FOLDERS.isdisjoint(folders) or (
            bool(prefixes) and path.startswith(prefixes)
        )

    return left
