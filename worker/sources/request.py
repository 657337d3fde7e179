"""What a source works on, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.domain.report import Note
from grader.domain.submission import FetchedSource, Submission
from grader.settings import Settings
from worker.sources.address import Address
from worker.sources.builder import TreeBuilder
from worker.sources.deadline import Deadline
from worker.sources.destination import Destination
from worker.sources.limits import Limits
from worker.sources.tree import SourceTree


@dataclass(frozen=True, slots=True)
class Fetched:
    """A learner's files, what exactly they are, and what the learner should know."""

    tree: SourceTree
    source: FetchedSource
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class RunningApp:
    """An app that runs somewhere already: nothing was fetched."""

    url: str
    source: FetchedSource
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One fetch: what is asked for, where to work, what it may cost."""

    submission: Submission
    settings: Settings
    workdir: Path
    address: Address
    deadline: Deadline
    limits: Limits
    destination: Destination | None = None

    @property
    def ref(self) -> str | None:
        """The ref that was asked for; what is said outright beats what the address holds."""
        return self.submission.ref or self.address.ref

    @property
    def path(self) -> str:
        """The sub-folder that was asked for, as :attr:`ref`."""
        return self.submission.path or self.address.path

    def builder(self, *, committed: bool = False) -> TreeBuilder:
        """A builder that spools into this request's folder; one for each request."""
        return TreeBuilder(self.workdir, self.limits, self.deadline, committed=committed)


class Source(Protocol):
    """One kind of source. The first that claims an address fetches it."""

    def detect(self, request: Request) -> bool:
        """Whether the address is of this kind."""

    def fetch(self, request: Request) -> Fetched | RunningApp:
        """Fetch it; every failure is a :class:`grader.errors.GraderError`."""
