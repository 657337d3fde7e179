"""Learners' trees in memory, and base images that need no engine: for tests of detection."""

from __future__ import annotations

from collections.abc import Mapping

from grader.errors import SubmissionError
from worker.builds.detect import Kind, plan
from worker.builds.plan import BuildPlan, ResolvedBase


class MemoryTree:
    """A tree of texts: path -> content."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = {
            path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()
        }

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._files))

    def read(self, path: str, limit: int) -> bytes:
        return self._files[path][:limit]


class Bases:
    """Base images of an operator who has Python 3.11 and 3.13, Node 20 and 22, Debian 12."""

    offered = {"python": ("3.11", "3.13"), "node": ("20", "22"), "debian": ("12",)}

    def resolve(self, reference: str) -> ResolvedBase:
        repository = reference.split("@")[0].split(":")[0].split("/")[-1]
        if repository not in self.offered or "/" in reference.removeprefix("docker.io/library/"):
            raise SubmissionError(
                "build.base_unknown", wanted=reference, why="absent", available="python:3.11"
            )
        name = f"base/{repository}"
        return ResolvedBase(reference, name, f"sha256:{repository}")

    def recipe(self, repository: str, version: str) -> ResolvedBase:
        name = f"recipe/{repository}:{version}"
        return ResolvedBase(f"{repository}:{version}-slim", name, f"sha256:{name}")

    def versions(self, repository: str) -> tuple[str, ...]:
        return self.offered[repository]


def plan_of(files: Mapping[str, str | bytes], kind: Kind = "http") -> BuildPlan:
    """The plan for a tree given as texts."""
    return plan(MemoryTree(files), None, Bases(), kind)


def requirements_of(plan: BuildPlan) -> list[str]:
    """What a Python plan installs, sorted."""
    text = plan.files["ours/requirements.txt"].decode()
    return sorted(line for line in text.split("\n") if line)


def notes_of(plan: BuildPlan) -> str:
    """All notes of a plan as one text."""
    return "\n".join(note.text for note in plan.notes)
