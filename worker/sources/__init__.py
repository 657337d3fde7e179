"""Fetches what a learner handed in: a folder, an archive, a git repository, a running app.

Sources are an ordered list of small classes: each says whether an address is its kind, the first
that does fetches it. Whatever the kind, names and sizes are judged in
:class:`~worker.sources.builder.TreeBuilder` and the result is a
:class:`~worker.sources.tree.SourceTree`.
"""

from __future__ import annotations

from pathlib import Path

from grader.domain.submission import Submission
from grader.errors import PlatformError, SubmissionError, UsageError
from grader.settings import Settings
from worker.sources.address import parse, public_location
from worker.sources.app import RunningAppSource
from worker.sources.archive import ArchiveSource
from worker.sources.deadline import Deadline
from worker.sources.destination import vet
from worker.sources.folder import FolderSource
from worker.sources.git import GitSource
from worker.sources.limits import Limits
from worker.sources.request import Fetched, Request, RunningApp, Source
from worker.sources.tree import SourceTree

__all__ = ["Fetched", "RunningApp", "SourceTree", "fetch", "public_location"]

SOURCES: tuple[Source, ...] = (FolderSource(), ArchiveSource(), GitSource(), RunningAppSource())


def fetch(
    submission: Submission, settings: Settings, workdir: Path, *, allow_local: bool = True
) -> Fetched | RunningApp:
    """Fetch a submission's source. Blocks; call it in a thread that runs no event loop.

    Args:
        submission: What was handed in.
        settings: Limits, time-out, protocols and CA bundle.
        workdir: An empty private folder that lives as long as the tree is used.
        allow_local: Paths of this machine may be read. Off wherever the submission came over the
            network: its author must not read the worker's files.

    Returns:
        The files, or for the URL of a running app its address.

    Raises:
        UsageError: What was asked does not fit together, such as a ref of a folder.
        SubmissionError: It could not be fetched, or must not be taken.
        PlatformError: Our own fault: no git, a full disk, a git server that is broken.
    """
    address = parse(submission.source, settings.git_protocols.split(":"))
    if address.local is not None and not allow_local:
        raise SubmissionError("source.local_refused", location=address.location)
    destination = None
    if submission.remote and address.url:
        destination = vet(address.url, address.location, settings)
    request = Request(
        submission=submission,
        settings=settings,
        workdir=workdir,
        address=address,
        deadline=Deadline(settings.fetch_timeout, address.location),
        limits=Limits.of(settings),
        destination=destination,
    )
    try:
        source = next(source for source in SOURCES if source.detect(request))
        return source.fetch(request)
    except PermissionError as error:
        if address.local is None:
            raise PlatformError("source.disk", cause=error.strerror) from error
        raise UsageError("source.unreadable", location=address.location) from error
    except OSError as error:
        raise PlatformError("source.disk", cause=error.strerror or error) from error
