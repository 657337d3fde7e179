"""What detection finds out: how to build a learner's project and how to start it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from grader.domain.report import Note
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest

# Raised when the same tree would give another image than before.
RECIPE_VERSION = 1

# What builds are told of the mirrors of PyPI and npm; a variable is only seen where it is declared.
MIRROR_ARGS = "UV_DEFAULT_INDEX PIP_INDEX_URL PIP_TRUSTED_HOST npm_config_registry"
# A learner's uv.lock names its index: `uv sync --locked` refuses another one.
LEARNER_MIRROR_ARGS = "PIP_INDEX_URL PIP_TRUSTED_HOST npm_config_registry"

# The port that we offer in PORT; an app may as well take its own, it is found by looking.
PORT = 8000

# The unprivileged user that a detected app runs as. Ours, so that it is the same on every base.
APP_USER = 10001
APP_DIR = "/app"
HOME = "/home/app"

# In the context of a detected project: the folder of the learner's files, and of ours.
SOURCE = "source"
OURS = "ours"


@dataclass(frozen=True, slots=True)
class ResolvedBase:
    """An image of the operator's that stands in for the one that was asked for.

    Attributes:
        requested: As the learner or a recipe wrote it.
        reference: As the engine knows it.
        digest: Its content address.
        note: A sentence for the learner where another version stands in; empty if none does.
        downgraded: An older version stands in for a newer one that was asked for.
        lacks: What the image asked for has and this one has not (``apk``, ``compilers``).
    """

    requested: str
    reference: str
    digest: str
    note: str = ""
    downgraded: bool = False
    lacks: tuple[str, ...] = ()


class Bases(Protocol):
    """The operator's base images."""

    def resolve(self, reference: str) -> ResolvedBase:
        """The image that serves a ``FROM``.

        Raises:
            SubmissionError: ``build.base_unknown`` if nothing serves it.
        """
        ...

    def recipe(self, repository: str, version: str) -> ResolvedBase:
        """The image that a detected ``python`` or ``node`` project of a version starts from.

        Raises:
            SubmissionError: ``build.base_unknown`` if nothing serves it.
        """
        ...

    def versions(self, repository: str) -> tuple[str, ...]:
        """Versions of ``python`` or ``node`` that are offered (``"3.11"``, ``"20"``), the
        operator's favourite first."""
        ...


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """How one submission is built and started.

    Attributes:
        recipe: ``dockerfile``, ``procfile``, ``python``, ``node``.
        root: The folder of the tree that is the build context; empty for all of it.
        dockerfile: The Dockerfile to build, its bases already the operator's.
        files: Further context files of ours, path to content; ``.grader/…``.
        bases: The images it builds on.
        start: The start command for the report; empty if the image's own is used.
        prepare: Shell commands to run in the container before that, where the image does not.
        command: Overrides the image's command, if not None.
        environment: For the running container, besides what the image sets.
        ports: Where the app probably listens, likeliest first. Hints only.
        base_path: From the learner's ``grader.toml``, if given.
        detected: Sentences that tell what was seen.
        notes: What the learner should know.
    """

    recipe: str
    root: str
    dockerfile: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    bases: tuple[ResolvedBase, ...] = ()
    start: str = ""
    prepare: tuple[str, ...] = ()
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    base_path: str | None = None
    detected: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


class Recipe(Protocol):
    """One way to build: look first, then plan."""

    name: str

    def detect(self, folder: Folder) -> str:
        """What shows that this recipe fits, as a phrase (``"a Dockerfile"``); empty if not."""
        ...

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it.

        Raises:
            SubmissionError: If it cannot be built as it is.
        """
        ...


def note(text: str) -> Note:
    """Something good to know."""
    return Note(kind="note", text=text)


def warning(text: str) -> Note:
    """Something the learner should mend, mended for this run."""
    return Note(kind="warning", text=text)


def assumption(text: str) -> Note:
    """A choice between several readings."""
    return Note(kind="assumption", text=text)
