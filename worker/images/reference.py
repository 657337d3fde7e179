"""Image references as learners write them: ``python:3.12-slim``, ``docker.io/library/node``."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The names under which official images are known besides the plain one: the default registry's
# own domains may be left out (distribution/reference), and so may its namespace.
_DEFAULT_DOMAINS = ("docker.io/", "index.docker.io/")
_NAMESPACE = "library/"
_VERSION = re.compile(r"^v?(\d+(?:\.\d+)*)$")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference taken apart.

    Attributes:
        repository: Its name without the default registry (``python``, ``ghcr.io/a/b``).
        tag: Its tag; ``latest`` where there is neither tag nor digest, empty with a digest only.
        digest: ``sha256:…``, or empty.
    """

    repository: str
    tag: str
    digest: str

    @property
    def version(self) -> tuple[int, ...]:
        """The leading numbers of the tag (``3.11.7-alpine`` → 3, 11, 7), empty without any."""
        found = _VERSION.match(self.tag.partition("-")[0])
        return tuple(map(int, found[1].split("."))) if found else ()

    @property
    def words(self) -> tuple[str, ...]:
        """The parts of the tag that are not its version (``slim``, ``bookworm``)."""
        parts = self.tag.split("-")
        return tuple(parts[1:] if self.version else parts)

    @property
    def is_official(self) -> bool:
        """Whether it names an official image: no registry and no namespace."""
        return "/" not in self.repository


def parse(reference: str) -> Reference:
    """Take a reference apart; does not check that it is well formed."""
    rest, _, digest = reference.strip().partition("@")
    head, slash, tail = rest.rpartition("/")
    name, _, tag = tail.partition(":")
    repository = f"{head}{slash}{name}"
    for domain in _DEFAULT_DOMAINS:
        repository = repository.removeprefix(domain)
    repository = repository.removeprefix(_NAMESPACE).lower()
    return Reference(repository, tag or ("" if digest else "latest"), digest)
