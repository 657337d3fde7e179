"""The name under which a finished image is found again."""

from __future__ import annotations

import hashlib
import json

from worker.builds.plan import RECIPE_VERSION, BuildPlan

IMAGE_PREFIX = "grader/app/"
STAGE_PREFIX = "grader/stage/"


def content_key(tree_digest: str, plan: BuildPlan) -> str:
    """SHA-256 over everything that goes into an image.

    Args:
        tree_digest: Of the folder that is built.
        plan: How it is built; where it is started counts, because it is part of the image.

    Returns:
        32 hexadecimal digits; equal only if a build would do the same again.
    """
    parts = {
        "version": RECIPE_VERSION,
        "tree": tree_digest,
        "dockerfile": plan.dockerfile,
        "files": {path: hashlib.sha256(data).hexdigest() for path, data in plan.files.items()},
        "bases": [base.digest for base in plan.bases],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def scope_key(scope: str) -> str:
    """A learner's scope as part of an image name: layers and images are shared within it only."""
    return hashlib.sha256(scope.encode()).hexdigest()[:24]


def image_name(scope: str, key: str) -> str:
    """The name of the image of some content in a scope."""
    return f"{IMAGE_PREFIX}{scope_key(scope)}:{key}"


def layer_source(scope: str, plan: BuildPlan, stage: int | None = None) -> str:
    """The name of the latest image of a scope and folder, whose layers may be used again.

    Args:
        scope: Whose it is.
        plan: Says which recipe and folder; a monorepo has a build for each project.
        stage: Its place among the stages; None for the finished image.
    """
    place = "final" if stage is None else str(stage)
    folder = hashlib.sha256(plan.root.encode()).hexdigest()[:8]
    return f"{STAGE_PREFIX}{scope_key(scope)}:{plan.recipe}-{folder}-{place}"
