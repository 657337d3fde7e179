"""Finds out how a learner's tree is built and started. Pure: reads texts, runs nothing.

Recipes are tried in order; the first that fits plans the build. Everything that was seen is said
in the plan, so that a learner can tell why something was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from grader.errors import SubmissionError
from worker.builds.dockerfile.recipe import COMPOSE, DockerfileRecipe
from worker.builds.folder import Folder, Tree
from worker.builds.manifest import Manifest, read_manifest
from worker.builds.node.recipe import NodeRecipe
from worker.builds.nothing import nothing_found, other_language, projects_below
from worker.builds.plan import Bases, BuildPlan, Recipe, note
from worker.builds.procfile import ProcfileRecipe
from worker.builds.programs.library import PythonLibrary
from worker.builds.programs.node import NodeProgram
from worker.builds.programs.python import PythonProgram
from worker.builds.programs.shell import ShellProgram
from worker.builds.python.recipe import PythonRecipe

# The order is a promise: what a learner wrote for building comes before what we can guess.
RECIPES: tuple[Recipe, ...] = (
    DockerfileRecipe(),
    ProcfileRecipe(),
    PythonRecipe(),
    NodeRecipe(),
)


# Of projects that are called on a command line.
PROGRAMS: tuple[Recipe, ...] = (
    DockerfileRecipe(),
    PythonProgram(),
    NodeProgram(),
    ShellProgram(),
)
# Of libraries.
LIBRARIES: tuple[Recipe, ...] = (PythonLibrary(),)
Kind = Literal["http", "command", "library"]
_OF_KIND: Mapping[Kind, tuple[Recipe, ...]] = {
    "http": RECIPES,
    "command": PROGRAMS,
    "library": LIBRARIES,
}


def plan(tree: Tree, manifest: Manifest | None, bases: Bases, kind: Kind = "http") -> BuildPlan:
    """Plan the build of a tree.

    Args:
        tree: The fetched source.
        manifest: What the learner says; None reads the tree's own ``grader.toml``.
        bases: The operator's base images.
        kind: What it has to be: a server, a command-line program or a library.

    Returns:
        The plan; its ``root`` is the sub-folder where the project was found.

    Raises:
        SubmissionError: ``build.*`` if there is nothing that can be built, or it may not be.
    """
    folder = Folder(tree)
    said = read_manifest(folder) if manifest is None else manifest
    if said.path:
        folder = _sub_folder(folder, said.path)
        inner = read_manifest(folder)
        said = said if said.start or inner == Manifest() else inner
    recipes = _OF_KIND[kind]
    found = _fitting(folder, recipes)
    if found:
        return found.plan(folder, said, bases)
    _refuse_compose(folder)
    below = projects_below(folder, lambda inner: _fitting(inner, recipes) is not None)
    if len(below) != 1 or other_language(folder):
        raise nothing_found(folder, below)
    inner_folder = folder.below(below[0])
    recipe = _fitting(inner_folder, recipes)
    assert recipe is not None, "the folder was chosen because one fits"
    planned = recipe.plan(inner_folder, said, bases)
    text = f"the project was found in `{below[0]}`, the only folder that holds one"
    return replace(planned, notes=(note(text), *planned.notes))


def _fitting(folder: Folder, recipes: tuple[Recipe, ...]) -> Recipe | None:
    return next((recipe for recipe in recipes if recipe.detect(folder)), None)


def _sub_folder(folder: Folder, path: str) -> Folder:
    wanted = path.strip("/").removeprefix("./")
    if wanted not in folder.folders:
        raise SubmissionError("build.path_missing", path=path)
    return folder.below(wanted) if wanted else folder


def _refuse_compose(folder: Folder) -> None:
    found = next((path for path in map(folder.find, COMPOSE) if path), None)
    if found:
        raise SubmissionError("build.compose", name=found)
