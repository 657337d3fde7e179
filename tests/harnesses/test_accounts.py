"""Finding an app's own ways, against a server that has unusual ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import pytest

from grader.domain.project import Project
from harnesses.kit import Api, CheckFailed
from harnesses.kit.auth import enter, sign_up
from harnesses.kit.dialect import Reading
from harnesses.kit.http import HttpClient
from harnesses.kit.places import find_places

PROJECT = Project.model_validate(
    {
        "slug": "tiny",
        "title": "Tiny",
        "version": "1",
        "level": "test",
        "summary": "For tests",
        "openapi": "paths: {/register: {post: {}}, /login: {post: {}},"
        " /todos: {get: {}, post: {}}, '/todos/{id}': {delete: {}}}",
        "dialect": {
            "accounts": {"guarded": "/todos"},
            "aliases": {"title": ["task"]},
            "paths": {"/register": ["/signup"], "/login": ["/signin"], "/todos": ["/tasks"]},
        },
        "rubric": {
            "criteria": [{"id": "a.b", "title": "A", "points": 100, "harness": "functional"}]
        },
    }
)
DOCUMENT = {
    "paths": {
        "/signup": {"post": {}},
        "/in/signin": {"post": {}},
        "/add-task": {
            "post": {
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}
                }
            }
        },
        "/my-tasks": {"get": {}},
        "/drop/{key}": {"delete": {}},
        "/delete-task/{key}": {"delete": {}},
    },
    "components": {"schemas": {"T": {"properties": {"task": {}}}}},
}


class App(BaseHTTPRequestHandler):
    """Accounts with user names, a login by form, a token in X-Auth-Token only."""

    documented = True
    accepts = True

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/openapi.json" and self.documented:
            self._answer(200, DOCUMENT)
        elif self.path == "/my-tasks":
            known = self.accepts and self.headers.get("X-Auth-Token") == "secret-token"
            self._answer(200 if known else 401, [])
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = "x-www-form-urlencoded" in self.headers.get("Content-Type", "")
        if self.path == "/signup":
            self._answer(201 if "username" in body and "name" not in json.loads(body) else 422, {})
        elif self.path == "/in/signin":
            good = form and "username=" in body
            self._answer(200 if good else 401, {"auth": {"jwt": "secret-token"}} if good else {})
        elif self.path == "/add-task":
            self._answer(401, {})
        else:
            self._answer(404, {})


@contextmanager
def served(**options: bool) -> Iterator[tuple[Api, list[str]]]:
    handler = type("Served", (App,), options)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told: list[str] = []
    reading = Reading(PROJECT.dialect, told.append)
    client = HttpClient(f"http://127.0.0.1:{server.server_port}", headers={})
    find_places(client, PROJECT, reading)
    try:
        yield Api(client, reading), told
    finally:
        client.close()
        server.shutdown()
        server.server_close()


def test_unusual_ways_are_found_once_and_told() -> None:
    with served() as (api, told):
        person = sign_up(api, Random(1))
        assert person.headers == {"X-Auth-Token": "secret-token"}
        assert api.acting(person.headers).get("/todos").status == 200
        assert api.get("/todos").status == 401
        sent = len(api.exchanges)
        enter(api, person.account)
        assert len(api.exchanges) == sent + 2  # the login, and one request to try the token
    assert "“POST /todos” is “POST /add-task” in your OpenAPI document, “title” is “task”" in told
    assert "“GET /todos” is “GET /my-tasks” in your OpenAPI document" in told
    assert "“DELETE /todos/{id}” is “DELETE /delete-task/{key}” in your OpenAPI document" in told
    assert "Registering gives no token; the checks log in afterwards" in told
    assert (
        "The token was found in “auth.jwt” of the body and is sent as “X-Auth-Token: <token>”"
        in told
    )
    assert any(text.startswith("Logging in takes a form with username, password") for text in told)


def test_what_cannot_be_found_says_what_was_looked_for() -> None:
    with served(documented=False) as (api, _):
        with pytest.raises(CheckFailed) as failure:
            enter(api, sign_up(api, Random(1)).account)
        assert failure.value.message == (
            "POST /login does not let in somebody who has just registered"
        )
        assert "(looked for /login, /signin, each below /api" in failure.value.expected


def test_a_token_that_is_refused_says_how_it_was_sent() -> None:
    with served(accepts=False) as (api, _):
        with pytest.raises(CheckFailed) as failure:
            sign_up(api, Random(1))
        assert "the token that POST /in/signin gave is not accepted" in failure.value.message
        assert "“Authorization: Bearer <token>” (also tried: Authorization: <token>" in (
            failure.value.expected
        )
