"""Paths and fields under other names; what is sent and read of tokens."""

from __future__ import annotations

from random import Random

import httpx
import pytest

from grader.domain.evidence import HttpExchange
from grader.domain.project import Accounts, Dialect
from harnesses.kit.api import Reply
from harnesses.kit.auth import made_up, tokens_in
from harnesses.kit.credentials import CARRIERS, Carrier, Shape
from harnesses.kit.dialect import Reading
from harnesses.kit.http import Answer
from harnesses.kit.templates import fill, values_in


def reading() -> Reading:
    return Reading(Dialect(accounts=Accounts(guarded="/todos")), lambda _: None)


def answer(body: bytes, headers: list[tuple[str, str]] | None = None) -> Reply:
    exchange = HttpExchange(method="POST", url="http://localhost/login", curl="curl", elapsed_ms=1)
    return Reply(Answer(200, httpx.Headers(headers or []), body, exchange), reading())


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/todos/{id}", "/todos/7", ["7"]),
        ("/todos/{id}", "/todos/{id}", ["{id}"]),
        ("/todos/{id}", "/todos", None),
        ("/todos/{id}", "/notes/7", None),
        ("/a/{b}/c/{d}", "/a/1/c/2", ["1", "2"]),
    ],
)
def test_values_of_a_template(template: str, path: str, values: list[str] | None) -> None:
    assert values_in(template, path) == values


def test_a_template_is_filled_in_order_and_keeps_its_slash() -> None:
    assert fill("/update/{todo_id}/", ["7"]) == "/update/7/"
    assert fill("/add", []) == "/add"


def test_the_longest_place_wins_and_a_query_is_kept() -> None:
    app = reading()
    app.base_path = "/api"
    app.places = {"/todos": "/v1/tasks"}
    assert app.locate("GET", "/todos?page=2") == ("GET", "/v1/tasks?page=2")
    assert app.locate("DELETE", "/todos/7") == ("DELETE", "/v1/tasks/7")
    assert app.locate("GET", "/todosandmore") == ("GET", "/api/todosandmore")


def test_an_operation_of_the_apps_document_comes_before_its_place() -> None:
    app = reading()
    app.places = {"/todos": "/tasks"}
    app.operations = {("PUT", "/todos/{id}"): ("PATCH", "/edit/{key}")}
    app.sent_names = {("PUT", "/todos/{id}"): {"title": "task"}}
    assert app.locate("PUT", "/todos/7") == ("PATCH", "/edit/7")
    assert app.locate("DELETE", "/todos/7") == ("DELETE", "/tasks/7")
    assert app.said("PUT", "/todos/7", {"title": "a", "b": 1}) == {"task": "a", "b": 1}
    assert app.said("POST", "/todos", {"title": "a"}) == {"title": "a"}


@pytest.mark.parametrize(
    ("body", "token"),
    [
        (b'{"token": "abcdef"}', "abcdef"),
        (b'{"id": "abcdefgh", "accessToken": "Bearer abcdef"}', "abcdef"),
        (b'{"data": {"user": {"name": "x"}, "tokens": {"access": "abcdef"}}}', "abcdef"),
        (b'{"id_token": "second", "token": "first-one"}', "first-one"),
        (b'"abcdef"', "abcdef"),
    ],
)
def test_a_token_is_found_in_the_body(body: bytes, token: str) -> None:
    assert tokens_in(answer(body))[0].text == token


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"message": "welcome"}', b'{"token": ""}', b'{"token": "two words"}']
)
def test_what_is_no_token_is_not_taken_for_one(body: bytes) -> None:
    assert tokens_in(answer(body)) == []


def test_a_token_in_a_header_or_a_cookie() -> None:
    headers = [
        ("Authorization", "Bearer abcdef"),
        ("Set-Cookie", "lang=en; Path=/"),
        ("Set-Cookie", "session=xyz.123; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
    ]
    found = tokens_in(answer(b"{}", headers))
    assert [token.text for token in found] == ["abcdef", "xyz.123"]
    assert found[1].carriers[0].headers("xyz.123") == {"Cookie": "session=xyz.123"}


def test_a_token_is_sent_as_its_carrier_says() -> None:
    assert CARRIERS[0].headers("t") == {"Authorization": "Bearer t"}
    assert CARRIERS[1].headers("t") == {"Authorization": "t"}
    assert str(Carrier("X-Token")) == "X-Token: <token>"


def test_accounts_differ_and_are_repeatable() -> None:
    first, again, other = made_up(Random(1)), made_up(Random(1)), made_up(Random(2))
    assert first == again
    assert len({first.email, other.email, first.username, other.username}) == 4
    shape = Shape((("full_name", "name"), ("email", "email")))
    assert first.body(shape) == {"full_name": first.name, "email": first.email}
