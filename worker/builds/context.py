"""What of a tree goes into the build context, and what of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from posixpath import dirname

from worker.builds.folder import TOOL_FOLDERS, decode
from worker.builds.ignore import Ignore
from worker.builds.plan import BuildPlan
from worker.sources.tree import SourceTree

DOCKERFILE = ".grader/Dockerfile"
_IGNORE = ".dockerignore"
_IGNORE_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class ContextFiles:
    """What is left out of the context, and what of ours is put in."""

    excluded: Callable[[str], bool]
    ours: Mapping[str, bytes]


def context_files(tree: SourceTree, plan: BuildPlan) -> ContextFiles:
    """The context of a plan.

    A learner's own Dockerfile gets what the learner's ``.dockerignore`` leaves of the tree. A
    detected project is copied whole, without what tools left in it.
    """
    rules = tree.read(_IGNORE, _IGNORE_LIMIT) if tree.has(_IGNORE) else b""
    # The engine takes a Dockerfile that .dockerignore names out of what COPY sees.
    hide = b"\n" + DOCKERFILE.encode() + b"\n"
    ours = {**plan.files, DOCKERFILE: plan.dockerfile.encode(), _IGNORE: rules + hide}
    if plan.recipe == "dockerfile":
        ignore = Ignore(decode(rules) or "")
        return ContextFiles(lambda p: p.startswith(".grader/") or ignore.excludes(p), ours)
    homes = {dirname(path) for path in tree.paths() if path.endswith("/pyvenv.cfg")}
    return ContextFiles(lambda path: _left_out(path, homes), ours)


def _left_out(path: str, homes: set[str]) -> bool:
    folders = path.split("/")[:-1]
    return not TOOL_FOLDERS.isdisjoint(folders) or any(path.startswith(f"{h}/") for h in homes)
