"""A client for the app, wherever it is: in this pod, or at somebody's URL."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from grader.domain.events import Ready, Setup
from harnesses.kit.http import HttpClient


def open_client(
    setup: Setup, ready: Ready, headers: Mapping[str, str], preceded_by: str = ""
) -> HttpClient:
    """A client for the app that became ready.

    Args:
        setup: What the worker says of the app.
        ready: Where it answers.
        headers: Sent with each request.
        preceded_by: What was done before the first request, for its evidence.

    Returns:
        The client; its evidence shows the address that a learner can use: that of a running app
        as it was handed in, and localhost for an app that listens in a pod.
    """
    host = f"[{ready.host}]" if ":" in ready.host else ready.host
    return HttpClient(
        f"{setup.scheme}://{host}:{ready.port}",
        shown_origin=setup.shown_origin or f"http://localhost:{ready.port}",
        headers=headers,
        tls=trust(setup) if setup.scheme == "https" else None,
        preceded_by=preceded_by,
    )


def trust(setup: Setup) -> ssl.SSLContext:
    """The certificates of the harness's own system, and those of the operator."""
    context = ssl.create_default_context()
    if setup.certificates:
        context.load_verify_locations(cadata=setup.certificates)
    return context
