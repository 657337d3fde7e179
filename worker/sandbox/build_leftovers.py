"""What the engine keeps of a build that ended without an image, and how it is removed.

The classic builder cannot be stopped while it keeps what a step wrote: it goes on copying, holes
in files included, after its client has hung up and the step's container was removed, and what it
copies becomes an image without a name. So the container's files are taken away under the copying,
through the engine's own archive call, which never follows a link out of the container.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import tarfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from posixpath import dirname, join
from typing import Any

import docker
import requests
from docker.errors import DockerException
from urllib3.exceptions import HTTPError

# Paths that are emptied by one call.
AT_ONCE = 5_000
PIECE_BYTES = 64 * 1024
LONGEST_ROW = 32 * 1024
# How long a copying whose files are gone, or a removal, may take to end.
PATIENCE_S = 8.0
POLL_S = 0.2
# Characters of an id as it is announced.
SHORT = 12
# What stands for a byte that is no UTF-8.
NO_TEXT = "\ufffd"
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
        since: The engine's time at its beginning, in RFC 3339, of whatever time zone.
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
        _empty(client, step)
    remove_containers(client, {*left.containers, *([step["Id"]] if step else [])})
    if images:
        _wait_until_gone(client, left.announced)
        _remove_images(client, left, PATIENCE_S if copying else 0.0)


def _wait_until_gone(client: docker.DockerClient, container: str) -> None:
    """Wait for the engine, which may be removing a container itself: its image is kept so long."""
    deadline = time.monotonic() + PATIENCE_S
    with contextlib.suppress(DockerException, requests.RequestException):
        while container and time.monotonic() < deadline:
            client.api.inspect_container(container)
            time.sleep(POLL_S)


def _step(client: docker.DockerClient, left: Leftovers) -> Mapping[str, Any]:
    """What the engine knows of the last step's container; nothing if it is gone or another's."""
    try:
        raw = client.api.inspect_container(left.announced) if left.announced else {}
    except (DockerException, requests.RequestException):
        return {}
    return raw if (raw.get("HostConfig") or {}).get("CgroupParent") == left.parent else {}


def _empty(client: docker.DockerClient, step: Mapping[str, Any]) -> None:
    """Take away the files that a container wrote."""
    api: Any = client.api
    layer = ((step.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir") or ""
    with contextlib.suppress(DockerException, requests.RequestException, HTTPError):
        paths = _as_they_are(_added(api, step["Id"]), layer)
        while some := list(islice(paths, AT_ONCE)):
            api.put_archive(step["Id"], "/", _empty_files(some))


def _remove_images(client: docker.DockerClient, left: Leftovers, patience: float) -> None:
    """Remove the images without a name that are younger than the build and belong to it.

    Args:
        client: The engine.
        left: What the build left.
        patience: How long to wait for one that is still being made, in seconds.
    """
    deadline = time.monotonic() + patience
    while not (last := _copied(client, left)) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    for image in [*last, *reversed(left.made)]:
        raw = _young(client, image, left)
        if raw and not raw.get("RepoTags"):
            with contextlib.suppress(DockerException, requests.RequestException):
                client.api.remove_image(image)


def _copied(client: docker.DockerClient, left: Leftovers) -> list[str]:
    """The image that was made of the last step's container."""
    try:
        rows = client.api.images(all=True, filters={"dangling": True})
    except (DockerException, requests.RequestException):
        return []
    begun = _moment(left.since).timestamp()
    young = [row for row in rows if row["Created"] >= int(begun)]
    return [row["Id"] for row in young if _is_of(row, _young(client, row["Id"], left), left)]


def _is_of(row: Mapping[str, Any], raw: Mapping[str, Any], left: Leftovers) -> bool:
    """Newer engines do not say which container an image was made of; its parent tells then."""
    container = raw.get("Container")
    if container:
        return bool(left.announced) and container.startswith(left.announced)
    return row["ParentId"].removeprefix("sha256:")[:SHORT] in left.made


def _young(client: docker.DockerClient, image: str, left: Leftovers) -> Mapping[str, Any]:
    """What the engine knows of an image; nothing if it is older than the build, or gone."""
    try:
        raw: Mapping[str, Any] = client.images.get(image).attrs
    except (DockerException, requests.RequestException):
        return {}
    return raw if _moment(raw["Created"]) >= _moment(left.since) else {}


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _added(api: Any, container: str) -> Iterator[str]:
    """The topmost paths that were added, without what lies below them; parents come first."""
    tops: set[str] = set()
    for path in _listed(api, container):
        if not _below(path, tops):
            tops.add(path)
            yield path


def _listed(api: Any, container: str) -> Iterator[str]:
    """Every path that was added. The list is read piece by piece: it can have a million rows."""
    url = api._url("/containers/{0}/changes", container)
    with api._get(url, stream=True) as response:
        response.raise_for_status()
        rest = b""
        for piece in response.iter_content(PIECE_BYTES):
            rest += piece
            end = 0
            for found in _ADDED.finditer(rest):
                end = found.end()
                yield json.loads(b'"%b"' % found[1])
            # A row is at most as long as a path can be, escaped.
            rest = rest[end:][-LONGEST_ROW:]


def _as_they_are(paths: Iterable[str], layer: str) -> Iterator[str]:
    """Paths as they are on disk: the engine cannot say a name that is no UTF-8.

    Args:
        paths: As the engine says them.
        layer: The folder that holds what was written (storage driver overlay2), where it is here.
            Only names are read of it.
    """
    asked: set[str] = set()
    for path in paths:
        folder = dirname(path)
        if NO_TEXT not in path:
            yield path
        elif layer and folder not in asked:
            asked.add(folder)
            with contextlib.suppress(OSError):
                names = [entry.name for entry in os.scandir(layer + folder)]
                yield from (join(folder, name) for name in names if not _is_text(name))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return NO_TEXT not in name


def _below(path: str, tops: set[str]) -> bool:
    while path not in ("/", ""):
        path = dirname(path)
        if path in tops:
            return True
    return False


def _empty_files(paths: Iterable[str]) -> bytes:
    """An archive of empty files of these names; each replaces whatever has its name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, encoding="utf-8") as tar:
        for path in paths:
            tar.addfile(tarfile.TarInfo(path.lstrip("/")))
    return buffer.getvalue()
