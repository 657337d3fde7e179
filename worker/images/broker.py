"""The image that holds the broker, compiled once by the operator's own Debian."""

from __future__ import annotations

import os

from grader.errors import PlatformError
from worker.images.catalogue import DIGEST_LABEL, ROLE_LABEL, debian_of
from worker.images.context import definition, digest, pack
from worker.sandbox.image_build import BuildError, BuildRequest
from worker.sandbox.images import ImageStore

ROLE = "broker"
REPOSITORY = "grader/broker"
SUITE = "bookworm"


def operators_proxies() -> dict[str, str]:
    """Build arguments that let our own images' apt out as the operator's is."""
    names = ("http_proxy", "https_proxy", "no_proxy")
    return {name: os.environ[name] for name in names if os.environ.get(name)}


def ensure_broker_image(store: ImageStore) -> str:
    """Compile the broker unless that was done; a few milliseconds if it was.

    Args:
        store: The engine's images.

    Returns:
        The image's name, which changes with its source.

    Raises:
        PlatformError: ``images.missing`` without the Debian base, ``images.not_made`` if the
            compiler cannot be installed or does not like the source.
    """
    files = definition("broker")
    base = debian_of(SUITE).name
    name = f"{REPOSITORY}:{digest(files)}"
    if store.exists(name):
        return name
    if not store.exists(base):
        raise PlatformError("images.missing", image=base)
    try:
        with pack(files) as tar:
            store.build(
                BuildRequest(
                    context=tar,
                    tag=name,
                    labels={ROLE_LABEL: ROLE, DIGEST_LABEL: digest(files)},
                    build_args={"BASE": base, **operators_proxies()},
                    network="host",
                    cache_from=None,
                    limits=None,
                )
            )
    except BuildError as error:
        raise PlatformError(
            "images.not_made", image=name, cause=error.detail, log=error.log[-4000:]
        ) from error
    return name
