"""The operator's base images, as builds ask for them."""

from __future__ import annotations

import time

from grader.errors import SubmissionError
from grader.settings import Settings
from worker.builds.plan import ResolvedBase
from worker.images.adopt import adopt
from worker.images.catalogue import CATALOGUE, PREFIX, RECIPE_PREFIX, ROLE_BASE, ROLE_LABEL
from worker.images.reference import parse
from worker.images.resolve import Available, BaseUnavailable, Resolution, resolve_base
from worker.sandbox.images import ImageInfo, ImageStore

# How long a registry that did not have an image is not asked for it again.
RETRY_S = 600.0
_SLIM = {base.name: f"{base.version}-slim" for base in CATALOGUE}


class EngineBases:
    """The base images on one engine; see :class:`worker.builds.plan.Bases`.

    What the operator allows and a registry has is pulled when it is first asked for.
    """

    def __init__(self, store: ImageStore, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._seen: dict[str, ImageInfo | None] = {}
        self._not_pulled: dict[str, float] = {}
        self._available = self._list()

    def resolve(self, reference: str) -> ResolvedBase:
        """The image that serves a ``FROM``.

        Raises:
            SubmissionError: ``build.base_unknown`` if nothing serves it.
        """
        found = self._find(reference)
        return self._resolved(reference, found.image, found)

    def recipe(self, repository: str, version: str) -> ResolvedBase:
        """The image that a detected project of a version starts from.

        Raises:
            SubmissionError: ``build.base_unknown`` if nothing serves it.
        """
        reference = f"{repository}:{version}-slim"
        found = self._find(reference)
        with_installer = found.image.replace(PREFIX, RECIPE_PREFIX, 1)
        name = with_installer if self._look(with_installer) else found.image
        return self._resolved(reference, name, found)

    def versions(self, repository: str) -> tuple[str, ...]:
        """Versions that are offered, the operator's favourite first."""
        return tuple(
            image.version
            for image in CATALOGUE
            if image.repository == repository and self._look(image.name)
        )

    def _list(self) -> list[Available]:
        """Our own images under the official tag of their flavour, pulled ones under theirs."""
        names = [
            name
            for info in self._store.list({ROLE_LABEL: ROLE_BASE})
            for name in info.tags
            if name.startswith(PREFIX)
        ]
        pairs = [(name, name.removeprefix(PREFIX).rpartition(":")) for name in names]
        return [
            Available(repository, _SLIM.get(name, tag), name)
            for name, (repository, _, tag) in pairs
        ]

    def _find(self, reference: str) -> Resolution:
        """What is here and fits; else what can be pulled; else what comes near."""
        try:
            found = resolve_base(reference, self._available, "exact")
            if not found.lacks or not self._pull(reference):
                return found
        except BaseUnavailable:
            self._pull(reference)
        try:
            policy = self._settings.base_image_policy
            return resolve_base(reference, self._available, policy)
        except BaseUnavailable as error:
            raise SubmissionError(
                "build.base_unknown",
                wanted=error.reference[:120],
                why=error.why,
                available=", ".join(error.available) or "none",
            ) from error

    def _pull(self, reference: str) -> bool:
        """Pull an allowed image; one that could not be pulled is not tried again for a while."""
        allowed = [name.strip() for name in self._settings.base_image_repositories.split(",")]
        if self._settings.registry != "auto" or parse(reference).repository not in allowed:
            return False
        if self._not_pulled.get(reference, 0.0) > time.monotonic():
            return False
        if adopt(self._store, self._settings, reference, lambda _line: None) is None:
            self._not_pulled[reference] = time.monotonic() + RETRY_S
            return False
        self._available = self._list()
        return True

    def _resolved(self, requested: str, name: str, found: Resolution) -> ResolvedBase:
        info = self._look(name)
        return ResolvedBase(
            requested=requested,
            reference=name,
            digest=info.id if info else "",
            note=found.note or "",
            downgraded=found.substituted == "downward",
            lacks=found.lacks,
        )

    def _look(self, name: str) -> ImageInfo | None:
        if name not in self._seen:
            self._seen[name] = self._store.inspect(name)
        return self._seen[name]
