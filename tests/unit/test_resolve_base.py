"""Which image of the operator's a learner's base reference means: one row a spelling."""

from __future__ import annotations

import pytest

from worker.images.reference import parse
from worker.images.resolve import Available, BaseUnavailable, resolve_base

PINNED = "sha256:" + "a" * 64
HERE = [
    Available("python", "3.11-slim", "py311"),
    Available("python", "3.13-slim", "py313"),
    Available("node", "20-slim", "node20"),
    Available("node", "22-slim", "node22"),
    Available("debian", "12-slim", "deb12"),
    Available("debian", "13-slim", "deb13"),
    Available("ruby", "3.3-alpine", "ruby-alpine", (PINNED,)),
    Available("python", "3.10-alpine", "py310-alpine"),
]

EXACT = [
    ("python:3.11-slim", "py311"),
    ("python:3.11", "py311"),
    ("python:3.11-slim-bookworm", "py311"),
    ("python:3.11.7-slim", "py311"),
    ("docker.io/library/python:3.11-slim", "py311"),
    ("index.docker.io/python:3.11-slim", "py311"),
    ("  python:3.11-slim ", "py311"),
    ("python", "py313"),
    ("python:3", "py313"),
    ("python:latest", "py313"),
    ("python:slim", "py313"),
    ("python:bookworm", "py313"),
    ("node", "node22"),
    ("node:current-slim", "node22"),
    ("node:lts", "node22"),
    ("node:lts-slim", "node22"),
    ("node:iron", "node20"),
    ("node:20.11.1-bullseye", "node20"),
    ("debian:bookworm-slim", "deb12"),
    ("debian:12", "deb12"),
    ("debian:12.5-slim", "deb12"),
    ("debian:stable-slim", "deb13"),
    ("debian", "deb13"),
    ("ruby:3.3-alpine", "ruby-alpine"),
    ("python:3.10-alpine", "py310-alpine"),
    (f"ruby@{PINNED}", "ruby-alpine"),
    ("scratch", "scratch"),
]


@pytest.mark.parametrize(("reference", "image"), EXACT)
def test_served_as_asked(reference: str, image: str) -> None:
    found = resolve_base(reference, HERE, "exact")
    assert (found.image, found.substituted, found.note) == (image, "exact", None)


STANDS_IN = [
    (
        "python:3.12-slim",
        "py313",
        "upward",
        "python:3.12-slim is not on this machine; python 3.13 was used in its place",
    ),
    (
        "docker.io/library/python:3.12",
        "py313",
        "upward",
        "docker.io/library/python:3.12 is not on this machine; python 3.13 was used in its place",
    ),
    (
        "python:3.8-slim",
        "py311",
        "upward",
        "python:3.8-slim is not on this machine; python 3.11 was used in its place",
    ),
    (
        "python:3.14-slim",
        "py313",
        "downward",
        "python:3.14-slim is not on this machine; the older python 3.13 was used in its place",
    ),
    (
        "node:18-alpine",
        "node20",
        "upward",
        "node:18-alpine is not on this machine; node 20 was used in its place, which is made of "
        "Debian and has no `apk`",
    ),
    (
        "node:hydrogen-slim",
        "node20",
        "upward",
        "node:hydrogen-slim is not on this machine; node 20 was used in its place",
    ),
    (
        "node:24-slim",
        "node22",
        "downward",
        "node:24-slim is not on this machine; the older node 22 was used in its place",
    ),
    (
        "debian:bullseye",
        "deb12",
        "upward",
        "debian:bullseye is not on this machine; debian 12 was used in its place",
    ),
]


@pytest.mark.parametrize(("reference", "image", "way", "note"), STANDS_IN)
def test_another_version_stands_in_and_the_report_says_so(
    reference: str, image: str, way: str, note: str
) -> None:
    found = resolve_base(reference, HERE, "nearest")
    assert (found.image, found.substituted, found.note) == (image, way, note)


@pytest.mark.parametrize("reference", [row[0] for row in STANDS_IN])
def test_an_exact_policy_refuses_another_version(reference: str) -> None:
    with pytest.raises(BaseUnavailable):
        resolve_base(reference, HERE, "exact")


def test_alpine_of_the_right_version_is_served_with_a_warning() -> None:
    found = resolve_base("python:3.11.7-alpine", HERE, "exact")
    assert found.image == "py311"
    assert found.lacks == ("apk",)
    assert found.note is not None
    assert "no `apk`" in found.note


def test_a_full_image_is_served_by_the_slim_one_that_lacks_compilers() -> None:
    assert "compilers" in resolve_base("python:3.11", HERE, "exact").lacks
    assert resolve_base("python:3.11-slim", HERE, "exact").lacks == ()


def test_a_pin_beside_a_tag_falls_back_to_the_tag() -> None:
    found = resolve_base("python:3.11-slim@sha256:" + "b" * 64, HERE, "nearest")
    assert found.image == "py311"
    assert found.note is not None
    assert "pinned" in found.note


REFUSED = [
    ("ubuntu:22.04", "there is no such image on this machine", "python:3.11-slim"),
    ("golang:1.22", "there is no such image on this machine", "node:20-slim"),
    ("ghcr.io/astral-sh/uv:python3.12", "there is no such image on this machine", "debian:12-slim"),
    ("someone/python:3.11", "there is no such image on this machine", "python:3.11-slim"),
    ("python@sha256:" + "b" * 64, "an image with that digest is not on this machine", "python:"),
    ("python:2.7-slim", "version 2 is not on this machine", "python:3.11-slim"),
    ("python:3.11-windowsservercore", "another operating system", "python:3.11-slim"),
    ("ruby:3.2", "that tag is not on this machine", "ruby:3.3-alpine"),
]


@pytest.mark.parametrize(("reference", "why", "offered"), REFUSED)
def test_refused_in_words_that_name_what_is_offered(reference: str, why: str, offered: str) -> None:
    with pytest.raises(BaseUnavailable) as caught:
        resolve_base(reference, HERE, "nearest")
    assert why in caught.value.why
    assert any(name.startswith(offered) for name in caught.value.available)


def test_nothing_here_is_said_so() -> None:
    with pytest.raises(BaseUnavailable) as caught:
        resolve_base("python:3.11", [], "nearest")
    assert caught.value.available == ()


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("python", ("python", "latest", "")),
        ("docker.io/library/node:20-slim", ("node", "20-slim", "")),
        ("localhost:5000/a/b:1", ("localhost:5000/a/b", "1", "")),
        ("localhost:5000/a/b", ("localhost:5000/a/b", "latest", "")),
        ("a/b@sha256:12", ("a/b", "", "sha256:12")),
        ("Python:3", ("python", "3", "")),
    ],
)
def test_references_are_taken_apart(reference: str, parts: tuple[str, str, str]) -> None:
    found = parse(reference)
    assert (found.repository, found.tag, found.digest) == parts
