"""Finds out how a learner's tree is built and started. Pure: reads texts, runs nothing.

Recipes are tried in order; the first that fits plans the build. Everything that was seen is said
in the plan, so that a learner can tell why something was chosen.
"""

from __future__ import annotations

from dataclasses import replace

from grader.errors import SubmissionError
from worker.builds.dockerfile.recipe import COMPOSE, DockerfileRecipe
from worker.builds.folder import Folder, Tree
from worker.builds.manifest import Manifest, read_manifest
from worker.builds.node.recipe import NodeRecipe
from worker.builds.nothing import nothing_found, other_language, projects_below
from worker.builds.plan import Bases, BuildPlan, Recipe, note
from worker.builds.procfile import ProcfileRecipe
from worker.builds.python.recipe import PythonRecipe

# The order is a promise: what a learner wrote for building comes before what we can guess.
RECIPES: tuple[Recipe, ...] = (
    DockerfileRecipe(),
    ProcfileRecipe(),
    PythonRecipe(),
    NodeRecipe(),
)


def plan(tree: Tree, manifest: Manifest | None, bases: Bases) -> BuildPlan:
    """Plan the build of a tree.

    Args:
        tree: The fetched source.
        manifest: What the learner says; None reads the tree's own ``grader.toml``.
        bases: The operator's base images.

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
    found = _fitting(folder)
    if found:
        return found.plan(folder, said, bases)
    _refuse_compose(folder)
    below = projects_below(folder, lambda inner: _fitting(inner) is not None)
    if len(below) != 1 or other_language(folder):
        raise nothing_found(folder, below)
    inner_folder = folder.below(below[0])
    recipe = _fitting(inner_folder)
    assert recipe is not None, "the folder was chosen because one fits"
    planned = recipe.plan(inner_folder, said, bases)
    text = f"the project was found in `{below[0]}`, the only folder that holds one"
    return replace(planned, notes=(note(text), *planned.notes))


def _fitting(folder: Folder) -> Recipe | None:
    return next((recipe for recipe in RECIPES if recipe.detect(folder)), None)


def _sub_folder(folder: Folder, path: str) -> Folder:
    wanted = path.strip("/").removeprefix("./")
    if wanted not in folder.folders:
        raise SubmissionError("build.path_missing", path=path)
    return folder.below(wanted) if wanted else folder


def _refuse_compose(folder: Folder) -> None:
    found = next((path for path in map(folder.find, COMPOSE) if path), None)
    if found:
        raise SubmissionError("build.compose", name=found)
