"""Which image of the operator's a learner's base reference means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from worker.images.reference import Reference, parse

Policy = Literal["nearest", "exact"]
Substituted = Literal["exact", "upward", "downward"]
Version = tuple[int, ...]

SCRATCH = "scratch"
# Debian's releases by name. Those that move (stable) mean the newest here.
_DEBIAN = {"buster": 10, "bullseye": 11, "bookworm": 12, "trixie": 13, "forky": 14}
# Node's long-term releases by name.
_NODE = {
    "erbium": 12,
    "fermium": 14,
    "gallium": 16,
    "hydrogen": 18,
    "iron": 20,
    "jod": 22,
    "krypton": 24,
}
_NAMES = {"debian": _DEBIAN, "node": _NODE}
# Programs written for one major version of these do not run on another.
_MAJOR_MATTERS = ("python",)
# How many numbers of a version tell one release from another here: 3.11 for Python, 20 for Node.
_DEPTH = {"python": 2, "node": 1, "debian": 1}
_FOREIGN = ("windowsservercore", "nanoserver")


@dataclass(frozen=True, slots=True)
class Available:
    """An image that the operator has.

    Attributes:
        repository: The official image's name (``python``).
        tag: Its official tag (``3.11-slim``).
        name: The engine's name of it.
        digests: Content addresses that a learner may pin.
    """

    repository: str
    tag: str
    name: str
    digests: tuple[str, ...] = ()

    @property
    def version(self) -> Version:
        """Its version as numbers; empty where its tag has none."""
        return Reference(self.repository, self.tag, "").version

    @property
    def is_slim(self) -> bool:
        """Whether it is the plain slim flavour, which may stand in for others."""
        return Reference(self.repository, self.tag, "").words == ("slim",)

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The image that serves a reference.

    Attributes:
        image: The engine's name of it; ``scratch`` for the empty image.
        note: A sentence for the report where another image stands in, else None.
        substituted: ``exact``; ``upward`` where a newer version stands in, ``downward`` where an
            older one does: a build that fails on it is not the learner's fault.
        lacks: What the image asked for has and this one has not, for the report of a failure.
    """

    image: str
    note: str | None = None
    substituted: Substituted = "exact"
    lacks: tuple[str, ...] = ()


class BaseUnavailable(Exception):  # noqa: N818 - a refusal, not a failure
    """No image here serves a reference; ``available`` names those that are offered."""

    def __init__(self, reference: str, why: str, available: Sequence[str]) -> None:
        super().__init__(f"{reference}: {why}")
        self.reference = reference
        self.why = why
        self.available = tuple(available)


def resolve_base(reference: str, available: Sequence[Available], policy: Policy) -> Resolution:
    """Find the image that serves a base reference.

    Args:
        reference: As written after ``FROM``, its build arguments already put in.
        available: What the operator has.
        policy: ``exact`` refuses where another version would stand in.

    Returns:
        The image, and in words what stands in for what.

    Raises:
        BaseUnavailable: If nothing serves it.
    """
    if reference.strip().lower() == SCRATCH:
        return Resolution(SCRATCH)
    wanted = parse(reference)
    offered = [str(image) for image in available]
    candidates = [image for image in available if image.repository == wanted.repository]

    def refuse(why: str) -> BaseUnavailable:
        same = [str(image) for image in candidates]
        return BaseUnavailable(reference, why, same or offered)

    if not candidates:
        raise refuse("there is no such image on this machine")
    if set(wanted.words) & set(_FOREIGN):
        raise refuse("it is an image for another operating system")
    if wanted.digest:
        return _pinned(reference, wanted, candidates, policy, refuse)
    for image in candidates:
        if image.tag == wanted.tag:
            return Resolution(image.name)
    if wanted.repository not in _DEPTH:
        raise refuse("that tag is not on this machine")
    return _by_version(reference, wanted, candidates, policy, refuse)


def _pinned(
    reference: str,
    wanted: Reference,
    candidates: Sequence[Available],
    policy: Policy,
    refuse: Callable[[str], BaseUnavailable],
) -> Resolution:
    """A digest names one image; with a tag beside it, the tag still says what is meant."""
    for image in candidates:
        if wanted.digest in image.digests:
            return Resolution(image.name)
    if not wanted.tag or policy == "exact" or wanted.repository not in _DEPTH:
        raise refuse("an image with that digest is not on this machine")
    unpinned = Reference(wanted.repository, wanted.tag, "")
    found = _by_version(reference, unpinned, candidates, policy, refuse)
    note = found.note or (
        f"the image that {wanted.repository}:{wanted.tag} is pinned to is not on this machine; "
        f"the one of that version here was used in its place"
    )
    return Resolution(found.image, note, found.substituted, found.lacks)


def _by_version(
    reference: str,
    wanted: Reference,
    candidates: Sequence[Available],
    policy: Policy,
    refuse: Callable[[str], BaseUnavailable],
) -> Resolution:
    repository = wanted.repository
    slim = [image for image in candidates if image.version and image.is_slim]
    newest_first = sorted(slim, key=lambda image: image.version, reverse=True)
    if not newest_first:
        raise refuse("no version of it is on this machine")
    asked = _asked_version(wanted, newest_first)
    depth = _DEPTH[repository]
    note, lacks = _flavour(wanted, reference)
    for image in newest_first:
        # A short version (python:3) means the newest that begins so.
        common = min(len(asked), depth)
        if image.version[:common] == asked[:common]:
            return Resolution(image.name, note, "exact", lacks)
    if policy == "exact":
        raise refuse("that version is not on this machine")
    usable = [
        image
        for image in newest_first
        if repository not in _MAJOR_MATTERS or image.version[0] == asked[0]
    ]
    if not usable:
        raise refuse(f"version {asked[0]} is not on this machine, and no other one can stand in")
    newer = [image for image in usable if image.version[:depth] > asked[:depth]]
    image = newer[-1] if newer else usable[0]
    version = ".".join(map(str, image.version))
    older = "" if newer else "the older "
    stands_in = (
        f"{reference} is not on this machine; {older}{repository} {version} was used in its place"
    )
    if "apk" in lacks:
        stands_in += ", which is made of Debian and has no `apk`"
    return Resolution(image.name, stands_in, "upward" if newer else "downward", lacks)


def _asked_version(wanted: Reference, newest_first: Sequence[Available]) -> Version:
    """The version that a tag means: by number, by a release's name, else the newest."""
    if wanted.version:
        return wanted.version
    names = _NAMES.get(wanted.repository, {})
    # A Debian release in the tag of another image says what that image is made of.
    for word in wanted.words:
        if word in names:
            return (names[word],)
    if wanted.repository == "node" and "lts" in wanted.words:
        # Even releases become long-term ones, odd ones never do.
        even = [image.version for image in newest_first if image.version[0] % 2 == 0]
        return even[0] if even else newest_first[0].version
    return newest_first[0].version


def _flavour(wanted: Reference, reference: str) -> tuple[str | None, tuple[str, ...]]:
    """What the flavour of a tag has that ours has not, and a sentence if that is likely to show."""
    if any(word.startswith("alpine") for word in wanted.words):
        note = f"{reference} is served by an image made of Debian: there is no `apk` in it"
        return note, ("apk",)
    if wanted.repository in ("python", "node") and "slim" not in wanted.words:
        return None, ("compilers", "git", "curl")
    return None, ()
