"""What a tree holds at a path."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """Where the bytes of a file lie in the spool, and what they hash to."""

    offset: int
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class File:
    """A regular file."""

    content: Content
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link; in a finished tree, to a regular file of the same tree."""

    target: str


Entry = File | Link
