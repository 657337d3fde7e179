"""The logic of ``grader images``: pull or make every image that grading needs."""

from __future__ import annotations

from collections.abc import Callable

from grader.settings import Settings
from worker.images.making import Prepared
from worker.images.prepare import prepare


def ensure_images(settings: Settings, progress: Callable[[str], None]) -> list[Prepared]:
    """See that all base images, the build gateway and the harness image are on the engine.

    Args:
        settings: The operator's settings.
        progress: Called with a line for a person before each long step.

    Returns:
        Each image's name and how it came about: ``present``, ``pulled``, ``made``, ``running``.

    Raises:
        PlatformError: ``engine.unreachable``, ``images.*``, ``gateway.not_up``.
    """
    return prepare(settings, progress)
