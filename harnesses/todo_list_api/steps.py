"""Steps that several checks share."""

from __future__ import annotations

import random
import re
import string
from typing import Any

from harnesses.kit import Api, CheckFailed, Reply, expect
from harnesses.kit.auth import sign_up
from harnesses.todo_list_api.data import todo

CHANGED = (200, 201, 202, 204)
NO_SUCH_METHOD = (404, 405, 501)
NOTHING_THERE = (404, 204)
MANY = 20
MAX_PAGES = 15
HEXADECIMAL_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{24}", re.I)

Id = str | int


def somebody(api: Api, rng: random.Random) -> Api:
    """The API for somebody new, who is logged in."""
    return api.acting(sign_up(api, rng).headers)


def create(api: Api, body: dict[str, str]) -> Id:
    """Write a to-do and return its id, from the answer or, where that has none, from the list."""
    reply = api.post("/todos", json=body)
    expect(reply).created()
    found = _shown_id(reply)
    if found is not None:
        return found
    for record in listed(api)[1]:
        if record.get("title") == body["title"] and "id" in record:
            api.assume(
                "POST /todos does not answer with the to-do; its id was looked up in GET /todos"
            )
            return _id_in(record["id"], reply)
    raise CheckFailed(
        "the answer to POST /todos has no “id”, and GET /todos does not list the new to-do",
        expected="the stored to-do with its id",
        actual=reply.text[:200] or "an empty body",
        exchange=reply.exchange,
    )


def _shown_id(reply: Reply) -> Id | None:
    try:
        record = reply.record()
    except CheckFailed:
        return None
    return _id_in(record["id"], reply) if "id" in record else None


def _id_in(value: Any, reply: Reply) -> Id:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise CheckFailed(
            f"the “id” in the answer to {reply.request} is neither a number nor a text",
            expected="a number or a text",
            actual=repr(value),
            exchange=reply.exchange,
        )
    return value


def new_todo(api: Api, rng: random.Random) -> tuple[Id, dict[str, str]]:
    """Write a random to-do; returns its id and what was sent."""
    body = todo(rng)
    return create(api, body), body


def listed(api: Api, params: dict[str, str] | None = None) -> tuple[Reply, list[dict[str, Any]]]:
    """A page of the list; a page that is not there is an empty one."""
    reply = api.get("/todos", params=params or {"page": "1", "limit": str(MANY)})
    if reply.status in NOTHING_THERE and not reply.looked_for:
        return reply, []
    expect(reply).ok()
    return reply, reply.records()


def find(api: Api, todo_id: Id) -> tuple[Reply, dict[str, Any] | None]:
    """A to-do as the list shows it, on whichever page; None where it does not."""
    seen: set[str] = set()
    for page in range(1, MAX_PAGES + 1):
        reply, records = listed(api, {"page": str(page), "limit": str(MANY)})
        for record in records:
            if str(record.get("id")) == str(todo_id):
                return reply, record
        fresh = {str(record.get("id")) for record in records} - seen
        seen |= fresh
        if len(records) < MANY or not fresh:
            break
    return reply, None


def expect_listed(api: Api, todo_id: Id, body: dict[str, str], *, when: str = "") -> Reply:
    """The list shows a to-do, with what was sent."""
    reply, record = find(api, todo_id)
    if record is None:
        raise CheckFailed(
            f"the list of the one who wrote it lacks a to-do{when}",
            expected=f"to-do {todo_id} with the title {body['title']!r}",
            actual=reply.text[:200] or "an empty body",
            exchange=reply.exchange,
        )
    for name in ("title", "description"):
        expect(record.get(name), f"“{name}” of to-do {todo_id}{when}", reply).equals(body[name])
    return reply


def expect_unchanged(api: Api, todo_id: Id, body: dict[str, str], by: Reply) -> None:
    """A to-do is what it was, although somebody else has asked for something."""
    reply, record = find(api, todo_id)
    if record is None or record.get("title") != body["title"]:
        raise CheckFailed(
            f"{by.request} was answered with {by.status}, and has "
            f"{'removed' if record is None else 'changed'} the to-do all the same",
            expected=f"to-do {todo_id} with the title {body['title']!r}, as before",
            actual=reply.text[:200],
            exchange=by.exchange,
        )


def expect_gone(api: Api, todo_id: Id, *, when: str = "") -> None:
    reply, record = find(api, todo_id)
    if record is not None:
        raise CheckFailed(
            f"a deleted to-do is listed{when or ' after all'}",
            expected=f"GET /todos without to-do {todo_id}",
            actual=f"to-do {todo_id} is in the list",
            exchange=reply.exchange,
        )


def update(api: Api, todo_id: Id, body: Any) -> Reply:
    """Change a to-do with PUT, or with PATCH where the app has no PUT."""
    reply = api.put(f"/todos/{todo_id}", json=body)
    if reply.status in NO_SUCH_METHOD:
        patched = api.patch(f"/todos/{todo_id}", json=body)
        if patched.status < 300 or reply.status not in (404, patched.status):
            api.assume("To-dos are changed with PATCH; the brief asks for PUT")
            return patched
    return reply


def expect_refused(reply: Reply, what: str) -> None:
    """What was sent is not taken: 400 or 422, and another 4xx is as good."""
    if not 400 <= reply.status < 500:
        raise CheckFailed(
            f"{reply.request} {'accepts' if reply.status < 400 else 'fails on'} {what}",
            expected="status 400 (422 is as good) and a message that says what is wrong",
            actual=f"status {reply.status}",
            exchange=reply.exchange,
        )


def unknown_like(rng: random.Random, todo_id: Id) -> Id | None:
    """An id of the same form that belongs to no to-do; None where the form is not known."""
    text = str(todo_id)
    if text.isdigit():
        number = int(text) + rng.randint(500_000, 900_000)
        return number if isinstance(todo_id, int) else str(number)
    if HEXADECIMAL_ID.fullmatch(text):
        return text[:-8] + "".join(rng.choices(string.digits, k=8))
    return None
