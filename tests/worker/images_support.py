"""Builds small images on the real engine and removes them."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import docker
import pytest

from worker.images.context import pack
from worker.sandbox.image_build import BuildError, BuildLimits, BuildRequest, Built
from worker.sandbox.images import ImageStore

DEBIAN = "grader/base/debian:12"
PYTHON = "grader/base/python:3.11"
NODE = "grader/base/node:20"
MIB = 1024 * 1024


@dataclass
class Bench:
    """Builds Dockerfiles under names of its own."""

    store: ImageStore
    tags: list[str] = field(default_factory=list)

    def build(
        self,
        *lines: str,
        base: str = DEBIAN,
        files: Mapping[str, str] | None = None,
        cache_from: Sequence[str] = (),
        on_line: Callable[[str], None] | None = None,
        cancelled: threading.Event | None = None,
        network: str = "none",
        build_args: Mapping[str, str] | None = None,
        **limits: Any,
    ) -> tuple[str, Built]:
        """Build the instructions on a base; returns the tag and what was built."""
        tag = f"grader/test:{uuid.uuid4().hex[:12]}"
        self.tags.append(tag)
        content = {name: text.encode() for name, text in (files or {}).items()}
        content["Dockerfile"] = "\n".join([f"FROM {base}", *lines, ""]).encode()
        with pack(content) as context:
            request = BuildRequest(
                context=context,
                tag=tag,
                network=network,
                build_args=build_args or {},
                cache_from=cache_from,
                limits=BuildLimits(**{"seconds": 60.0, **limits}),
            )
            return tag, self.store.build(request, on_line, cancelled)

    def fails(self, *lines: str, **options: Any) -> BuildError:
        """Build what must not be built; returns the error."""
        with pytest.raises(BuildError) as caught:
            self.build(*lines, **options)
        return caught.value


@pytest.fixture
def bench(engine: docker.DockerClient) -> Iterator[Bench]:
    """A bench whose images are removed after the test."""
    made = Bench(ImageStore(engine))
    yield made
    for tag in made.tags:
        made.store.remove(tag)
