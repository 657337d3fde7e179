"""Images of backing services: Debian's own packages and data that are laid out already.

Made when one is first needed, or all with ``make all-images``.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable

from grader.errors import PlatformError
from grader.settings import Settings
from worker.images.broker import operators_proxies
from worker.images.catalogue import DIGEST_LABEL, ROLE_LABEL, debian_of
from worker.images.context import definition, digest, pack
from worker.sandbox.image_build import BuildError, BuildRequest
from worker.sandbox.images import ImageStore

ROLE = "service"
REPOSITORY = "grader/service"
SUITE = "bookworm"

Progress = Callable[[str], None]


def ensure_service_image(
    store: ImageStore, settings: Settings, name: str, progress: Progress = lambda _line: None
) -> str:
    """Make the image of a service unless that was done; a few milliseconds if it was.

    Args:
        store: The engine's images.
        settings: Where the lock is kept that lets one process at a time make it.
        name: Of the service, as in :data:`worker.sandbox.backing.KINDS`.
        progress: Told before it starts.

    Returns:
        The image's name, which changes with its definition and its base.

    Raises:
        PlatformError: ``images.missing`` without the Debian base, ``images.not_made`` if the
            server cannot be installed.
    """
    files = definition("service") | definition(f"service-{name}")
    base = store.inspect(debian_of(SUITE).name)
    if base is None:
        raise PlatformError("images.missing", image=debian_of(SUITE).name)
    image = f"{REPOSITORY}/{name}:{digest({**files, 'base': base.id.encode()})}"
    if not store.exists(image):
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        with (settings.state_dir / f"service-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not store.exists(image):
                progress(f"making {image.partition(':')[0]} (half a minute)")
                _build(store, image, files, base.id)
    return image


def _build(store: ImageStore, image: str, files: dict[str, bytes], base: str) -> None:
    try:
        with pack(files) as tar:
            store.build(
                BuildRequest(
                    context=tar,
                    tag=image,
                    labels={ROLE_LABEL: ROLE, DIGEST_LABEL: image.rpartition(":")[2]},
                    build_args={"BASE": base, **operators_proxies()},
                    network="host",
                    cache_from=None,
                    limits=None,
                )
            )
    except BuildError as error:
        raise PlatformError(
            "images.not_made", image=image, cause=error.detail, log=error.log[-4000:]
        ) from error
