"""Folders that an image declares as VOLUME: kept small, and kept over a restart.

Left alone, the engine gives each an anonymous volume on the host's disk without a size. A tmpfs
mount has a size, but the engine empties it whenever the container stops, and an honest app that
keeps its database there would lose it in the restart check. So each is a volume of type tmpfs,
which stays mounted as long as any container uses it; a second container of ours does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.errors import SubmissionError

SIZE_MB = 64
INODES = 16_384
MOST = 8
# What the engine needs for itself; a mount over it would take the container's own view away.
RESERVED = ("/", "/proc", "/sys", "/dev", "/etc")

OPTIONS = {
    "type": "tmpfs",
    "device": "tmpfs",
    "o": f"size={SIZE_MB}m,nr_inodes={INODES},nosuid,nodev",
}


def declared(image_config: Mapping[str, Any]) -> list[str]:
    """The folders an image declares as volumes, in order.

    Raises:
        SubmissionError: ``start.volumes_refused`` for more than :data:`MOST`, or for one that
            only the engine may mount over.
    """
    paths = sorted(image_config.get("Volumes") or {})
    for path in paths:
        clean = "/" + path.strip("/")
        if clean in RESERVED or clean.startswith(("/proc/", "/sys/", "/dev/")) or ".." in path:
            raise SubmissionError("start.volumes_refused", what=f"VOLUME {path}")
    if len(paths) > MOST:
        raise SubmissionError("start.volumes_refused", what=f"{len(paths)} volumes")
    return paths


def mounts(volumes: Mapping[str, str]) -> list[dict[str, Any]]:
    """The engine's words for mounting volumes.

    Args:
        volumes: Folder -> the volume's name. What the image has in the folder is copied into the
            volume by the engine when the container is created.
    """
    return [{"Type": "volume", "Source": name, "Target": path} for path, name in volumes.items()]
