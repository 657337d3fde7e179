"""Builds the image of a submission, or finds the one that was built of the same content."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import IO, Protocol

from grader.domain.evidence import LogTail
from grader.domain.report import BuildSummary
from grader.errors import SubmissionError
from grader.settings import Settings
from worker.builds.context import DOCKERFILE, write_context
from worker.builds.detect import Kind
from worker.builds.detect import plan as detect
from worker.builds.failures import explain, log_tail, remarks
from worker.builds.key import content_key, image_name, layer_source, scope_key
from worker.builds.labels import SCOPE, STAGE_IMAGE, with_labels
from worker.builds.manifest import Manifest
from worker.builds.other_python import OtherPython
from worker.builds.plan import Bases, BuildPlan
from worker.builds.stages import stage_names
from worker.images.retention import touch
from worker.sandbox.image_build import BuildError, BuildLimits, BuildRequest, Built
from worker.sandbox.images import ImageStore
from worker.sandbox.labels import ROLE
from worker.sources.tree import SourceTree

MIB = 1024 * 1024


class Network(Protocol):
    """How builds reach package registries; see the gateway."""

    @property
    def name(self) -> str:
        """The engine's network that RUN steps are on."""
        ...

    @property
    def build_args(self) -> Mapping[str, str]:
        """Proxy variables and index addresses, as predefined build arguments."""
        ...

    @property
    def extra_hosts(self) -> tuple[str, ...]:
        """Names for /etc/hosts of RUN steps."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a build needs besides the submission.

    Attributes:
        store: The engine's images.
        bases: The operator's base images.
        network: How RUN steps reach registries; None: not at all.
        settings: Limits.
    """

    store: ImageStore
    bases: Bases
    network: Network | None
    settings: Settings


@dataclass(frozen=True, slots=True)
class BuiltApp:
    """A submission's image.

    Attributes:
        image_ref: Its name on the engine.
        image_digest: Its content address.
        plan: How it was built and is started.
        log: The end of the build log; None if nothing had to be built.
        cached: An image of the same content was there.
        seconds: From the look at the tree until the image was there.
    """

    image_ref: str
    image_digest: str
    plan: BuildPlan
    log: LogTail | None
    cached: bool
    seconds: float

    def summary(self) -> BuildSummary:
        """What the report says of it."""
        return BuildSummary(
            recipe=self.plan.recipe,
            detected=self.plan.detected,
            start_command=self.plan.start,
            base_image=", ".join(base.requested for base in self.plan.bases),
            image_digest=self.image_digest,
            cached=self.cached,
            seconds=round(self.seconds, 3),
            log=self.log,
        )


def build(
    tree: SourceTree,
    scope: str,
    workshop: Workshop,
    manifest: Manifest | None = None,
    on_line: Callable[[str], None] | None = None,
    kind: Kind = "http",
    cancelled: threading.Event | None = None,
) -> BuiltApp:
    """Build a tree's image. Blocks; call it in a thread.

    Args:
        tree: The fetched source.
        scope: Whose it is: images and layers are used again within one scope only.
        workshop: Engine, base images, network and limits.
        manifest: What the learner says; None reads the tree's ``grader.toml``.
        on_line: Told each line of the build log.
        kind: What it has to be: a server or a command-line program.
        cancelled: Ends the build within a second when another thread sets it.

    Returns:
        The image and how it came about.

    Raises:
        SubmissionError: ``build.*`` if it cannot be built.
        PlatformError: ``build.older_base``, ``engine.*``: our own fault.
    """
    started = time.monotonic()
    planned = detect(tree, manifest, workshop.bases, kind)
    inner = tree.sub(planned.root)
    key = content_key(inner.digest, planned)
    name = image_name(scope, key)
    present = workshop.store.inspect(name)
    if present:
        touch(workshop.store, name)
        took = time.monotonic() - started
        return BuiltApp(name, present.id, planned, None, True, took)
    run = _Build(inner, scope, name, planned, workshop, on_line, cancelled)
    try:
        built = run.execute()
    except BuildError as error:
        other = OtherPython.for_failure(error.log, planned, workshop.bases)
        if other:
            bases = replace(workshop, bases=other)
            again = build(tree, scope, bases, manifest, on_line, kind, cancelled)
            took = time.monotonic() - started
            return replace(again, plan=other.remark(again.plan), seconds=took)
        raise explain(error, planned, workshop.settings) from error
    took = time.monotonic() - started
    planned = replace(planned, notes=(*planned.notes, *remarks(built.log)))
    return BuiltApp(name, built.image_id, planned, log_tail(built.log), False, took)


class _Build:
    """One build that has to be done."""

    def __init__(
        self,
        tree: SourceTree,
        scope: str,
        name: str,
        plan: BuildPlan,
        workshop: Workshop,
        on_line: Callable[[str], None] | None,
        cancelled: threading.Event | None,
    ) -> None:
        self._cancelled = cancelled
        self._tree, self._scope, self._name = tree, scope, name
        self._plan, self._workshop, self._on_line = plan, workshop, on_line
        self._log: list[str] = []

    def execute(self) -> Built:
        """Build every stage that has to be kept for the next time, then the image itself."""
        deadline = time.monotonic() + self._workshop.settings.build_timeout
        dockerfile = with_labels(self._plan, self._scope)
        earlier: list[str] = []
        with write_context(self._tree, self._plan, dockerfile) as context:
            # The engine reuses layers of named images only; those of earlier stages belong to no
            # image unless they are given names.
            for index, stage in enumerate(stage_names(self._plan)):
                source = layer_source(self._scope, self._plan, index)
                request = self._request(context, source, [*earlier, source], deadline)
                labels = {ROLE: STAGE_IMAGE, SCOPE: scope_key(self._scope)}
                request = replace(request, target=stage, labels=labels)
                self._log.append(self._run(request).log)
                earlier.append(source)
            final = layer_source(self._scope, self._plan)
            request = self._request(context, self._name, [*earlier, final], deadline)
            built = self._run(request)
        self._check(built)
        self._workshop.store.tag(built.image_id, final)
        return replace(built, log="".join([*self._log, built.log]))

    def _run(self, request: BuildRequest) -> Built:
        return self._workshop.store.build(request, self._on_line, self._cancelled)

    def _request(
        self, context: IO[bytes], tag: str, sources: list[str], deadline: float
    ) -> BuildRequest:
        settings, network = self._workshop.settings, self._workshop.network
        context.seek(0)
        return BuildRequest(
            context=context,  # type: ignore[arg-type]
            dockerfile=DOCKERFILE,
            tag=tag,
            build_args=dict(network.build_args) if network else {},
            network=network.name if network else "none",
            extra_hosts=network.extra_hosts if network else (),
            cache_from=[name for name in sources if self._workshop.store.exists(name)],
            limits=BuildLimits(
                seconds=max(1.0, deadline - time.monotonic()),
                memory_bytes=settings.build_memory_mb * MIB,
                pids=settings.build_pids,
                disk_bytes=settings.image_size_mb * MIB,
            ),
        )

    def _check(self, built: Built) -> None:
        """Refuse an image that is too large."""
        info = self._workshop.store.inspect(built.image_id)
        limit = self._workshop.settings.image_size_mb
        if info and info.size > limit * MIB:
            self._workshop.store.remove(self._name)
            raise SubmissionError("build.image_too_large", size=info.size // MIB, limit=limit)
