"""GitHub as far as a user's public activity goes: ``GET /users/NAME`` and ``…/events``.

Fields as GitHub's documentation of event types has them. Pushes come in both generations: until
2025 with the number of commits and the commits themselves, since then without.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from harnesses.kit.simulators.exchange import Answer, Request, Script
from harnesses.kit.simulators.scripts import Always

GITHUB: Final = "api.github.com"
EVENTS = ("events", "received_events")
PAGE = 30
MOST_A_PAGE = 100
LIMIT = 60
RESET = 1_893_456_000  # in 2030: whoever prints it has a date to print
Event = Mapping[str, Any]


@dataclass(frozen=True)
class GitHub(Script):
    """GitHub with some people who have done something.

    Attributes:
        people: Their events by login, the newest first; anybody else does not exist.
    """

    people: Mapping[str, Sequence[Event]] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer:
        if request.scheme == "http":
            to = f"https://{GITHUB}{request.target}"
            return Answer(301, headers={"Location": to})
        if not request.headers.get("user-agent", "").strip():
            words = "Request forbidden by administrative rules: there is no User-Agent header.\n"
            return Answer(403, words.encode(), {"Content-Type": "text/html; charset=utf-8"})
        found = self._find(request)
        if request.method not in ("GET", "HEAD") or found is None:
            return _said(404, "Not Found")
        return _unless_known(request, found)

    def _find(self, request: Request) -> Any:
        """What is at a path; None where there is nothing."""
        match request.parts:
            case ["users", name]:
                events = self._events(name)
                return None if events is None else _user(name)
            case ["users", name, listed] | ["users", name, listed, "public"] if listed in EVENTS:
                events = self._events(name)
                return None if events is None else _page(events, request.query)
        return None

    def _events(self, name: str) -> Sequence[Event] | None:
        by_login = {login.lower(): events for login, events in self.people.items()}
        return by_login.get(name.lower())


def rate_limited() -> Script:
    """GitHub when somebody has asked too often, without a token."""
    answer = _said(403, "API rate limit exceeded for 203.0.113.7.", left=0)
    return Always(answer.status, answer.body, answer.headers)


def out_of_order(status: int = 500) -> Script:
    """GitHub on a bad day."""
    answer = _said(status, "Server Error")
    return Always(answer.status, answer.body, answer.headers)


def _page(events: Sequence[Event], query: Mapping[str, str]) -> list[Event]:
    size = min(max(_number(query.get("per_page"), PAGE), 1), MOST_A_PAGE)
    first = (max(_number(query.get("page"), 1), 1) - 1) * size
    return list(events[first : first + size])


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def _user(name: str) -> dict[str, Any]:
    url = f"https://{GITHUB}/users/{name}"
    return {
        "login": name,
        "id": number_of(name),
        "type": "User",
        "url": url,
        "html_url": f"https://github.com/{name}",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "repos_url": f"{url}/repos",
        "name": name.title(),
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "bio": None,
        "public_repos": 7,
        "public_gists": 0,
        "followers": 3,
        "following": 5,
        "created_at": "2019-04-02T08:15:30Z",
        "updated_at": "2026-01-12T17:40:02Z",
    }


def number_of(name: str) -> int:
    """An id that is always the same for the same name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def _said(status: int, message: str, left: int = LIMIT - 1) -> Answer:
    body = {
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": str(status),
    }
    return _limited(Answer.of(body, status), left)


def _limited(answer: Answer, left: int) -> Answer:
    headers = {
        **answer.headers,
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-RateLimit-Limit": str(LIMIT),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Used": str(LIMIT - left),
        "X-RateLimit-Reset": str(RESET),
        "X-RateLimit-Resource": "core",
    }
    return Answer(answer.status, answer.body, headers)


def _unless_known(request: Request, value: Any) -> Answer:
    """The answer with its ETag, or 304 for who has it already."""
    tag = f'W/"{hashlib.sha256(json.dumps(value).encode()).hexdigest()}"'
    known = request.headers.get("if-none-match") == tag
    answer = Answer(304) if known else Answer.of(value)
    limited = _limited(answer, LIMIT - 1)
    return Answer(limited.status, limited.body, {**limited.headers, "ETag": tag})
