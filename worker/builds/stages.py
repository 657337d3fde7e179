"""The stages of a Dockerfile that we wrote or rewrote."""

from __future__ import annotations

import re

from worker.builds.dockerfile.tools import STAGE
from worker.builds.plan import BuildPlan

_FROM = re.compile(r"^FROM \S+ AS (\S+)$", re.MULTILINE)


def stage_names(plan: BuildPlan) -> list[str]:
    """Names of the stages before the last one; empty for a Dockerfile of one stage."""
    names = _FROM.findall(plan.dockerfile)[:-1]
    return [name for name in names if name != STAGE]
