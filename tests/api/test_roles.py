"""Every route with every kind of token: what each must refuse, from our own OpenAPI document.

A route that is added is covered by being there: it must refuse whoever has no token, and what
belongs to somebody else must not be there for them. Which scopes may use it is written below, once.
"""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from grader.access import issue
from grader.api import Service, create_app
from grader.domain.records import Scope
from grader.queue import LocalQueue
from grader.settings import Settings
from grader.store import Database
from grader.submissions.watching import Watcher
from tests.api.served import PROJECT, SOURCE, Served, hand_in

# What is refused is decided before a database is asked.
one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EVERYBODY = frozenset(Scope)
STAFF = frozenset({Scope.INSTRUCTOR, Scope.OPERATOR})
HANDS_IN = EVERYBODY - {Scope.OPERATOR}
PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "GET /api/v1/projects",
    "GET /api/v1/projects/{project}",
}
MAY = {
    "POST /api/v1/submissions": HANDS_IN,
    "POST /api/v1/submissions/archives": HANDS_IN,
    "GET /api/v1/submissions": EVERYBODY,
    "GET /api/v1/submissions/{submission}": EVERYBODY,
    "GET /api/v1/submissions/{submission}/events": EVERYBODY,
    "GET /api/v1/submissions/{submission}/report": EVERYBODY,
    "POST /api/v1/submissions/{submission}/cancel": EVERYBODY,
    "POST /api/v1/submissions/{submission}/rebuild": STAFF,
    "POST /api/v1/projects/{project}/rescore": STAFF,
    "POST /api/v1/tokens": frozenset({Scope.OPERATOR}),
    "GET /api/v1/tokens": EVERYBODY,
    "DELETE /api/v1/tokens/{token}": EVERYBODY,
}
BODIES: dict[str, dict[str, Any]] = {
    "POST /api/v1/submissions": {"json": {"project": PROJECT, "source": SOURCE}},
    "POST /api/v1/submissions/archives": {"params": {"project": PROJECT}, "content": b"PK"},
    "POST /api/v1/projects/{project}/rescore": {"json": {}},
    "POST /api/v1/tokens": {"json": {"person": "new", "scope": "learner", "name": "x"}},
}
DOCUMENT = create_app(
    Service(Settings(), Database.open("sqlite://"), LocalQueue(lambda: None), Watcher(None))  # type: ignore[arg-type]
).openapi()
ROUTES = sorted(
    f"{method.upper()} {path}" for path, item in DOCUMENT["paths"].items() for method in item
)


def test_every_route_says_who_may() -> None:
    assert set(ROUTES) == PUBLIC | set(MAY)


def ask(api: Served, client: httpx.Client, route: str, owner: str = "owner") -> httpx.Response:
    """Use a route on something of the owner's."""
    method, path = route.split(" ")
    if "{submission}" in path:
        path = path.replace("{submission}", hand_in(api.of(owner)).json()["id"])
    if "{token}" in path:
        path = path.replace("{token}", issue(api.database, owner, Scope.LEARNER, "x").token.id)
    url = f"{api.url}{path.replace('{project}', PROJECT)}"
    if path.endswith("/events"):
        client.post(url.replace("/events", "/cancel"))  # so that they end
    return client.request(method, url, **BODIES.get(route, {}))


@one_database
@pytest.mark.parametrize("route", ROUTES)
def test_without_a_token(api: Served, route: str) -> None:
    with api.with_header(None) as nobody:
        answer = ask(api, nobody, route)
    assert answer.status_code == (200 if route in PUBLIC else 401), answer.text


@one_database
@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("route", sorted(MAY))
def test_each_scope_on_its_own_things(api: Served, route: str, scope: Scope) -> None:
    answer = ask(api, api.of("owner", scope), route)
    if scope not in MAY[route]:
        assert answer.status_code == 403, answer.text
        assert answer.json()["code"] == "access.scope"
    else:
        # 404 and 409: allowed, and in vain, for nothing has been graded here.
        assert answer.status_code in (200, 201, 202, 204, 404, 409), answer.text
        assert answer.status_code != 404 or answer.json()["code"] == "submission.no_report"


@one_database
@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(
    "route", [route for route in sorted(MAY) if re.search(r"\{(submission|token)\}", route)]
)
def test_what_belongs_to_somebody_else_is_not_there(api: Served, route: str, scope: Scope) -> None:
    answer = ask(api, api.of("peer", scope), route)
    sees = scope is Scope.OPERATOR or (scope is Scope.INSTRUCTOR and "{submission}" in route)
    if scope not in MAY[route]:
        assert answer.status_code == 403
    elif sees:
        assert answer.status_code != 403, answer.text
        assert not (
            answer.status_code == 404 and answer.json()["code"] != "submission.no_report"
        ), answer.text
    else:
        assert answer.status_code == 404, answer.text
        assert answer.json()["code"] in ("submission.not_found", "access.no_token")
