"""Steps that several checks share."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from harnesses.blogging_platform_api.data import post, word
from harnesses.kit import Api, CheckFailed, Reply, expect

TEXTS = ("title", "content", "category")


def create(api: Api, body: dict[str, Any]) -> str | int:
    """Create a post and return its id.

    An app that answers 201 without a body is read through the list.
    """
    reply = api.post("/posts", json=body)
    expect(reply).created()
    if reply.text.strip() and "id" in _record(reply):
        return _id_of(reply.field("id"), reply)
    for found in api.get("/posts").records():
        if found.get("title") == body["title"] and "id" in found:
            return _id_of(found["id"], reply)
    raise CheckFailed(
        "the answer to POST /posts has no “id”",
        expected="the stored post with its id",
        actual=reply.text[:200] or "an empty body",
        exchange=reply.exchange,
    )


def _record(reply: Reply) -> dict[str, Any]:
    value = reply.json()
    return reply.record() if isinstance(value, dict | list) else {}


def _id_of(value: Any, reply: Reply) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise CheckFailed(
            "the post's id is neither a number nor a string",
            expected="a number or a string",
            actual=repr(value),
            exchange=reply.exchange,
        )
    return value


def new_post(api: Api, rng: random.Random, **fields: Any) -> tuple[str | int, dict[str, Any]]:
    """Create a random post with a title that nothing else has; returns its id and what was sent."""
    body = post(rng, title=f"About {word(rng)}")
    body.update(fields)
    return create(api, body), body


def expect_same(reply: Reply, body: dict[str, Any]) -> None:
    """The post in the answer is the one that was sent."""
    for name in TEXTS:
        expect(reply).field(name).equals(body[name])
    expect(reply).field("tags").holds(
        sorted(_texts(reply.field("tags"))) == sorted(body["tags"]), repr(body["tags"])
    )


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [f"not a list: {value!r}"]


def ids(records: list[dict[str, Any]]) -> list[str]:
    """The ids of listed posts, as text."""
    return [str(record.get("id")) for record in records]


def update(api: Api, post_id: str | int, body: dict[str, Any]) -> Reply:
    """Change a post with PUT, or with PATCH where the app has no PUT."""
    reply = api.put(f"/posts/{post_id}", json=body)
    if reply.status in (404, 405, 501):
        patched = api.patch(f"/posts/{post_id}", json=body)
        if patched.status < 300:
            return patched
    return reply


def instant(value: Any, reply: Reply) -> datetime:
    """A time in any form that clients understand: ISO 8601, or seconds or milliseconds since 1970."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        moment = datetime.fromisoformat(str(value).strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise CheckFailed(
            "a time stamp cannot be read",
            expected="ISO 8601, such as 2026-03-01T09:30:00Z",
            actual=repr(value),
            exchange=reply.exchange,
        ) from error
