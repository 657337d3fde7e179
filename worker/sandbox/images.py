"""Images on the engine: look up, list, tag, remove, pull, import, build.

    store = ImageStore(connect(settings))
    built = store.build(BuildRequest(context=tar, tag="grader/app:1", limits=limits))

Everything here blocks; an asynchronous caller uses a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import docker
import requests
from docker import auth
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.utils import parse_repository_tag

from grader.errors import PlatformError
from worker.sandbox.image_build import BuildRequest, Built, build_image

IMPORT_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What the engine knows about one image.

    Attributes:
        id: Its content address, ``sha256:…``.
        tags: Names that point to it, ``repository:tag``.
        labels: Its labels.
        size: Bytes of all its layers.
    """

    id: str
    tags: tuple[str, ...]
    labels: Mapping[str, str]
    size: int


class ImageStore:
    """The images of one engine.

    Every method raises PlatformError ``engine.failed`` when the engine does not do as asked, and
    :meth:`build` BuildError when the build itself fails.
    """

    def __init__(self, client: docker.DockerClient) -> None:
        self._client = client
        # Its stubs leave out what pull() and import_image() are made of.
        self._api: Any = client.api

    def inspect(self, reference: str) -> ImageInfo | None:
        """The image that a name or id means, or None."""
        try:
            raw = self._call(f"inspect image {reference}", self._api.inspect_image, reference)
        except (ImageNotFound, NotFound):
            return None
        labels = (raw.get("Config") or {}).get("Labels") or {}
        return ImageInfo(raw["Id"], tuple(raw.get("RepoTags") or ()), labels, raw["Size"])

    def exists(self, reference: str) -> bool:
        """Whether a name or id means an image here."""
        return self.inspect(reference) is not None

    def last_tagged(self, reference: str) -> str:
        """When an image was last given a name: an RFC 3339 time in UTC; empty if it is gone."""
        try:
            raw = self._call(f"inspect image {reference}", self._api.inspect_image, reference)
        except (ImageNotFound, NotFound):
            return ""
        # An engine that keeps no such time at least knows when the image was made.
        return str((raw.get("Metadata") or {}).get("LastTagTime") or raw.get("Created") or "")

    def list(self, labels: Mapping[str, str]) -> list[ImageInfo]:
        """All images that carry every one of ``labels``."""
        filters = {"label": [f"{key}={value}" for key, value in labels.items()]}
        rows = self._call("list images", self._api.images, filters=filters)
        return [
            ImageInfo(
                row["Id"],
                tuple(tag for tag in row.get("RepoTags") or () if tag != "<none>:<none>"),
                row.get("Labels") or {},
                row["Size"],
            )
            for row in rows
        ]

    def tag(self, image: str, name: str) -> None:
        """Point ``name`` (``repository:tag``) to an image."""
        repository, _, tag = name.rpartition(":")
        self._call(f"tag image {image}", self._api.tag, image, repository, tag, force=True)

    def remove(self, reference: str, *, even_in_use: bool = True) -> None:
        """Remove a name, and the image with its last name; absent is fine.

        Args:
            reference: A name or an id.
            even_in_use: Whether the name goes although a container uses the image.
        """
        asked = f"remove image {reference}"
        try:
            self._call(asked, self._api.remove_image, reference, force=even_in_use)
        except (ImageNotFound, NotFound):
            return

    def pull(self, reference: str, *, timeout_s: float) -> ImageInfo | None:
        """Pull an image from its registry.

        Args:
            reference: A full reference with a tag or digest.
            timeout_s: Longest silence of the registry, in seconds.

        Returns:
            The image, or None if the registry has none or does not answer in time.
        """
        repository, tag = parse_repository_tag(reference)
        registry, _ = auth.resolve_repository_name(repository)
        credentials = auth.get_config_header(self._api, registry)
        try:
            response = self._api._post(
                self._api._url("/images/create"),
                params={"fromImage": repository, "tag": tag or "latest"},
                headers={"X-Registry-Auth": credentials} if credentials else {},
                stream=True,
                timeout=timeout_s,
            )
            with response:
                rows = self._api._stream_helper(response, decode=True)
                failed = not response.ok or any("error" in row for row in rows)
        except (DockerException, requests.RequestException):
            return None
        return None if failed else self.inspect(reference)

    def import_rootfs(self, tar: BinaryIO, name: str, changes: Sequence[str]) -> ImageInfo:
        """Make an image of one layer from a root file system.

        Args:
            tar: An uncompressed tar, open for reading.
            name: ``repository:tag`` to give it.
            changes: Dockerfile instructions for its configuration (``LABEL a=b``).
        """
        repository, _, tag = name.rpartition(":")
        params = {"fromSrc": "-", "repo": repository, "tag": tag, "changes": list(changes)}
        url = self._api._url("/images/create")
        response = self._call(
            f"import image {name}",
            self._api.post,
            url,
            data=tar,
            params=params,
            timeout=IMPORT_TIMEOUT_S,
            headers={"Content-Type": "application/tar"},
        )
        info = self.inspect(name) if response.ok else None
        if info is None:
            raise PlatformError("engine.failed", asked=f"import image {name}", cause=response.text)
        return info

    def build(
        self,
        request: BuildRequest,
        on_line: Callable[[str], None] | None = None,
        cancelled: threading.Event | None = None,
    ) -> Built:
        """Build an image; see :func:`worker.sandbox.image_build.build_image`."""
        return build_image(self._client, request, on_line, cancelled)

    def _call(self, asked: str, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        try:
            return call(*args, **options)
        except (ImageNotFound, NotFound):
            raise
        except (APIError, DockerException, requests.RequestException) as error:
            raise PlatformError("engine.failed", asked=asked, cause=error) from error
