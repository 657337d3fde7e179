"""The URL of an app that runs already: nothing to fetch."""

from __future__ import annotations

from grader.domain.report import Note
from grader.domain.submission import FetchedSource
from grader.errors import UsageError
from worker.sources.request import Request, RunningApp


class RunningAppSource:
    """Whatever no other source claimed."""

    def detect(self, request: Request) -> bool:
        return bool(request.address.url)

    def fetch(self, request: Request) -> RunningApp:
        """Hand the URL on.

        Raises:
            UsageError: ``source.not_for_apps`` if a ref or a folder was asked for.
        """
        address = request.address
        if request.ref or request.path:
            raise UsageError("source.not_for_apps", location=address.location)
        notes: tuple[Note, ...] = ()
        if address.asked is None:
            text = (
                f"No git repository answers at {address.location}, so it was taken for a running "
                "app. If it is a repository, write git+ before the URL."
            )
            notes = (Note(kind="assumption", text=text),)
        source = FetchedSource(kind="url", location=address.location)
        return RunningApp(address.url, source, notes)
