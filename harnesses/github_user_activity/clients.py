"""With what a program fetches, as its requests show it."""

from __future__ import annotations

import re

from harnesses.kit.simulators import Request

_NAMES = re.compile(
    r"(?i)\b(python-requests|python-httpx|aiohttp|python-urllib3|axios|node-fetch|got|superagent"
    r"|needle|undici|okhttp|apache-httpclient|guzzlehttp|faraday|httparty|go-resty|reqwest|octokit"
    r"|pygithub)\b"
)


def library_of(request: Request) -> str:
    """The library that a request betrays; empty where nothing says that there is one.

    Libraries name themselves unless they are told not to. Those of Python also ask for a
    connection that is kept, which urllib and http.client never do by themselves, and for packed
    answers, without the fields that a browser or Node's fetch adds.
    """
    named = _NAMES.search(request.headers.get("user-agent", ""))
    if named:
        return named.group().lower()
    kept = request.headers.get("connection", "").lower() == "keep-alive"
    packed = "gzip" in request.headers.get("accept-encoding", "")
    anything = request.headers.get("accept") == "*/*"
    return "requests" if kept and packed and anything and not _fetched(request) else ""


def _fetched(request: Request) -> bool:
    """Whether a browser's fetch, or Node's, has sent it."""
    return any(name.startswith("sec-fetch") for name in request.headers)
