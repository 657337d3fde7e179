"""Which images stay on the engine: those that were used last.

An engine slows down with the number of its images: with two thousand, listing them takes seconds
and every build three times as long. The engine itself remembers when an image was last given a
name (``LastTagTime``), so an image that is found again is given its name once more, see
:func:`touch`, and no list of our own has to be kept beside the engine's.
"""

from __future__ import annotations

import logging

from grader.errors import PlatformError
from worker.sandbox.images import ImageStore
from worker.sandbox.labels import ROLE

# The engine is asked about each image by itself, so we do not begin for every one too many.
SLACK = 1.1

_log = logging.getLogger(__name__)


def touch(store: ImageStore, reference: str) -> None:
    """Note that an image is used now.

    Raises:
        PlatformError: ``engine.failed`` if the engine cannot.
    """
    store.tag(reference, reference)


def keep_latest(store: ImageStore, role: str, keep: int) -> int:
    """Remove the images of a role that were used longest ago.

    Args:
        store: The engine's images.
        role: The images' label :data:`~worker.sandbox.labels.ROLE`.
        keep: How many stay, at least 1; nothing happens before there are a tenth more.

    Returns:
        How many were removed. One that a container uses is left alone; whatever the engine
        refuses is logged and tried again the next time.
    """
    try:
        images = store.list({ROLE: role})
        if len(images) <= keep * SLACK:
            return 0
        oldest = sorted(images, key=lambda image: store.last_tagged(image.id))[:-keep]
    except PlatformError as error:
        _log.warning("old images were not looked for: %s", error)
        return 0
    return sum(_remove(store, image.tags or (image.id,)) for image in oldest)


def _remove(store: ImageStore, names: tuple[str, ...]) -> bool:
    try:
        for name in names:
            store.remove(name, even_in_use=False)
    except PlatformError as error:
        _log.info("an old image stays: %s", error)
        return False
    return True
