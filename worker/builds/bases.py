"""The operator's base images, as builds ask for them."""

from __future__ import annotations

from functools import cached_property

from grader.errors import SubmissionError
from grader.settings import Settings
from worker.builds.plan import ResolvedBase
from worker.images.catalogue import CATALOGUE, PREFIX, RECIPE_PREFIX
from worker.images.resolve import Available, BaseUnavailable, Resolution, resolve_base
from worker.sandbox.images import ImageInfo, ImageStore


class EngineBases:
    """The base images on one engine; see :class:`worker.builds.plan.Bases`."""

    def __init__(self, store: ImageStore, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._seen: dict[str, ImageInfo | None] = {}

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

    @cached_property
    def _available(self) -> list[Available]:
        return [
            Available(image.repository, image.version, image.name)
            for image in CATALOGUE
            if self._look(image.name)
        ]

    def _find(self, reference: str) -> Resolution:
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
