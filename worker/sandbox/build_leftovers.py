"""What the engine keeps of a build that ended without an image, and how it is removed.

The classic builder cannot be stopped while it keeps what a step wrote: it goes on copying, holes
in files included, after its client has hung up and the step's container was removed, and what it
copies becomes an image without a name. So the container's files are taken away under the copying,
through the engine's own archive call, which never follows a link out of the container.
"""

from __future__ import annotations

import contextlib
import io
import re
import tarfile
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname
from typing import Any

import docker
import requests
from docker.errors import DockerException
from urllib3.exceptions import HTTPError

# How much of the list of changed files is read; what stands after it is small files.
LIST_BYTES = 8 * 1024 * 1024
MOST_PATHS = 5_000
# How long a copying whose files are gone may take to end.
PATIENCE_S = 8.0
POLL_S = 0.2
# Of a time in RFC 3339: as far as its seconds.
SECONDS = 19
_ADDED = re.compile(rb'\{"Path":"((?:[^"\\]|\\.)*)","Kind":1\}')


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What one build left on the engine.

    Attributes:
        parent: The control group of the build, by which its containers are known.
        containers: Its containers, by their control groups.
        announced: The container of its last step, as the output announced it; empty before the
            first. A step can print such a line as well, so its control group must be the build's.
        made: The images it made on its way, as announced, in order.
        since: The engine's time at its beginning, in RFC 3339.
    """

    parent: str
    containers: Collection[str]
    announced: str
    made: Sequence[str]
    since: str


def remove_containers(client: docker.DockerClient, ids: Iterable[str]) -> None:
    """Remove containers, whatever they do."""
    for container in ids:
        with contextlib.suppress(DockerException, requests.RequestException):
            client.api.remove_container(container, force=True, v=True)


def remove(client: docker.DockerClient, left: Leftovers, *, images: bool) -> None:
    """Remove what a build left.

    Args:
        client: The engine.
        left: What it left.
        images: Whether the images go as well: those of a build that made none with a name.
    """
    step = _step(client, left)
    state = step.get("State") or {}
    # What a step wrote is kept when it ended well, and then only.
    copying = images and bool(step) and not state.get("Running") and state.get("ExitCode") == 0
    if copying:
        _empty(client, step["Id"])
    remove_containers(client, {*left.containers, *([step["Id"]] if step else [])})
    if images:
        _remove_images(client, left, PATIENCE_S if copying else 0.0)


def _step(client: docker.DockerClient, left: Leftovers) -> Mapping[str, Any]:
    """What the engine knows of the last step's container; nothing if it is gone or another's."""
    try:
        raw = client.api.inspect_container(left.announced) if left.announced else {}
    except (DockerException, requests.RequestException):
        return {}
    return raw if (raw.get("HostConfig") or {}).get("CgroupParent") == left.parent else {}


def _empty(client: docker.DockerClient, container: str) -> None:
    """Take away the files that a container wrote."""
    api: Any = client.api
    with contextlib.suppress(DockerException, requests.RequestException, HTTPError):
        paths = _added(api, container)
        if paths:
            api.put_archive(container, "/", _empty_files(paths))


def _remove_images(client: docker.DockerClient, left: Leftovers, patience: float) -> None:
    """Remove the images without a name that are younger than the build and belong to it."""
    deadline = time.monotonic() + patience
    with contextlib.suppress(DockerException, requests.RequestException):
        while not (last := _made_of(client, left)) and time.monotonic() < deadline:
            time.sleep(POLL_S)
        for image in [*last, *reversed(left.made)]:
            _remove_image(client, image, left.since)


def _made_of(client: docker.DockerClient, left: Leftovers) -> list[str]:
    """What was made of the last image that was announced."""
    if not left.made:
        return []
    rows = client.api.images(all=True, filters={"dangling": True, "since": left.made[-1]})
    return [row["Id"] for row in rows if row["ParentId"].startswith(f"sha256:{left.made[-1]}")]


def _remove_image(client: docker.DockerClient, image: str, since: str) -> None:
    with contextlib.suppress(DockerException, requests.RequestException):
        raw = client.images.get(image).attrs
        if not raw.get("RepoTags") and raw["Created"][:SECONDS] >= since[:SECONDS]:
            client.api.remove_image(image)


def _added(api: Any, container: str) -> list[str]:
    """The topmost paths that were added, without what lies below them."""
    url = api._url("/containers/{0}/changes", container)
    with api._get(url, stream=True) as response:
        response.raise_for_status()
        raw = response.raw.read(LIST_BYTES, decode_content=True)
    tops: dict[str, None] = {}
    for found in _ADDED.finditer(raw):
        # As JSON has it: quotes and what is not ASCII are escaped.
        path = found[1].decode("utf-8", "replace")
        path = path.encode().decode("unicode_escape") if "\\" in path else path
        if not _below(path, tops) and len(tops) < MOST_PATHS:
            tops[path] = None
    return list(tops)


def _below(path: str, tops: dict[str, None]) -> bool:
    while path not in ("/", ""):
        path = dirname(path)
        if path in tops:
            return True
    return False


def _empty_files(paths: Iterable[str]) -> bytes:
    """An archive of empty files of these names; each replaces whatever has its name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in paths:
            tar.addfile(tarfile.TarInfo(path.lstrip("/")))
    return buffer.getvalue()
