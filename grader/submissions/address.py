"""Addresses that may be handed in over the network."""

from __future__ import annotations

import re

from grader.domain.text import clean
from grader.errors import UsageError

SHOWN = 200
# What the API's document says; the worker judges the rest.
GIT_URL = (
    r"^https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?"
    r"(/[^\x00-\x1f\x7f\\?#]*)?$"
)
_GIT_URL = re.compile(GIT_URL)
_CREDENTIALS = re.compile(r"[A-Za-z0-9+.-]+://[^/]*@")


def check_git(location: str) -> None:
    """Refuse what can be no address of a git repository.

    Raises:
        UsageError: ``submission.not_git``, ``submission.credentials``.
    """
    if _CREDENTIALS.match(location):
        raise UsageError("submission.credentials")
    if not _GIT_URL.fullmatch(location):
        raise UsageError("submission.not_git", location=clean(location, SHOWN))
