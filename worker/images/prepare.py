"""Everything on the engine that grading needs: base images, gateway, harness image."""

from __future__ import annotations

from collections.abc import Callable

from grader.settings import Settings
from worker.builds.gateway import ensure_gateway
from worker.images.backing import ensure_service_image
from worker.images.harness import ensure_harness_image
from worker.images.making import Prepared, ensure_bases
from worker.sandbox.backing import KINDS
from worker.sandbox.engine import connect
from worker.sandbox.images import ImageStore


def prepare(
    settings: Settings, progress: Callable[[str], None], *, all_of_them: bool = True
) -> list[Prepared]:
    """Make what is missing; well under a second when nothing is.

    Args:
        settings: The operator's settings.
        progress: Called with a line for a person before each long step.
        all_of_them: False for those only that the demo and the first tests need.

    Returns:
        The images, each with how it came about.

    Raises:
        PlatformError: ``engine.unreachable``, ``images.*``, ``gateway.not_up``.
    """
    client = connect(settings)
    try:
        store = ImageStore(client)
        bases = ensure_bases(store, settings, progress, all_of_them=all_of_them)
        if all_of_them:
            bases += [
                Prepared(ensure_service_image(store, settings, name, progress), "present")
                for name in KINDS
            ]
        gateway = ensure_gateway(client, settings, progress=progress)
        harness = ensure_harness_image(store, settings)
        return [
            *bases,
            Prepared(gateway.container, "running"),
            Prepared(harness.reference, "present"),
        ]
    finally:
        client.close()
