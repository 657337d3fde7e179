"""Labels of learners' images, written into the Dockerfile.

Given to the engine instead, each label would be a step of its own (0.1 s).
"""

from __future__ import annotations

import json

from worker.builds.key import scope_key
from worker.builds.plan import BuildPlan
from worker.sandbox.labels import ROLE

SCOPE = "org.grader.scope"
APP_IMAGE = "app-image"
STAGE_IMAGE = "app-stage"


def with_labels(plan: BuildPlan, scope: str) -> str:
    """The plan's Dockerfile with our labels.

    After a learner's own instructions, because the last label of a name counts; before a detected
    project's code, so that they stay in the cache when it changes.
    """
    labels = {ROLE: APP_IMAGE, SCOPE: scope_key(scope)}
    line = "LABEL " + " ".join(f"{name}={json.dumps(value)}" for name, value in labels.items())
    if plan.recipe == "dockerfile":
        return f"{plan.dockerfile}{line}\n"
    first, rest = plan.dockerfile.split("\n", 1)
    return f"{first}\n{line}\n{rest}"
