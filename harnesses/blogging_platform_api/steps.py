"""Steps that several checks share."""

from __future__ import annotations

import random
import re
import string
from typing import Any

from harnesses.blogging_platform_api.data import post
from harnesses.kit import Api, CheckFailed, Reply, expect

TEXTS = ("title", "content", "category")
CHANGED = (200, 201, 202, 204)
NO_SUCH_METHOD = (404, 405, 501)
NOT_THERE = (404, 410)
HEXADECIMAL_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{24}", re.I)

Id = str | int


def create(api: Api, body: dict[str, Any]) -> Id:
    """Create a post and return its id."""
    reply = api.post("/posts", json=body)
    expect(reply).created()
    return created_id(api, reply, body)


def created_id(api: Api, reply: Reply, body: dict[str, Any]) -> Id:
    """The id of a post that was just created.

    Where the app answers with something else than the post, it is looked up in the list.
    """
    if "id" in shown_post(reply):
        return _id_in(reply.field("id"), reply)
    for found in api.get("/posts").records():
        if found.get("title") == body["title"] and "id" in found:
            api.assume(
                "POST /posts does not answer with the post; its id was looked up in GET /posts"
            )
            return _id_in(found["id"], reply)
    raise CheckFailed(
        "the answer to POST /posts has no “id”, and GET /posts does not list the new post",
        expected="the stored post with its id",
        actual=reply.text[:200] or "an empty body",
        exchange=reply.exchange,
    )


def shown_post(reply: Reply) -> dict[str, Any]:
    """What an answer shows of a post; nothing where it is empty or only says that all went well."""
    try:
        record = reply.record()
    except CheckFailed:
        return {}
    return record if "id" in record or "title" in record else {}


def _id_in(value: Any, reply: Reply) -> Id:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise CheckFailed(
            f"the “id” in the answer to {reply.request} is neither a number nor a text",
            expected="a number or a text",
            actual=repr(value),
            exchange=reply.exchange,
        )
    return value


def new_post(api: Api, rng: random.Random) -> tuple[Id, dict[str, Any]]:
    """Create a random post; returns its id and what was sent."""
    body = post(rng)
    return create(api, body), body


def expect_same(reply: Reply, body: dict[str, Any]) -> None:
    """The texts of the post in the answer are those that were sent."""
    for name in TEXTS:
        expect(reply).field(name).equals(body[name])


def expect_tags(reply: Reply, tags: list[str]) -> None:
    """The tags of the post in the answer are an array of those that were sent, in any order."""
    shown = reply.field("tags")
    alike = isinstance(shown, list) and sorted(map(str, shown)) == sorted(tags)
    expect(reply).field("tags").holds(alike, repr(tags), "are not the tags that were sent")


def expect_stored(api: Api, post_id: Id, body: dict[str, Any], **options: Any) -> Reply:
    """The post is found by its id and holds what was sent."""
    reply = api.get(f"/posts/{post_id}", **options)
    expect(reply).ok()
    expect_same(reply, body)
    return reply


def has_text(reply: Reply, body: dict[str, Any]) -> bool:
    """Whether an answer shows a post, whatever the form it has."""
    return reply.status == 200 and body["title"] in reply.text


def expect_untouched(api: Api, post_id: Id, body: dict[str, Any], by: Reply) -> None:
    """A post is what it was, whatever happened to another one."""
    reply = api.get(f"/posts/{post_id}")
    if not has_text(reply, body):
        raise CheckFailed(
            f"{by.request} also changes or removes other posts",
            expected=f"post {post_id} with the title {body['title']!r}, as before",
            actual=f"status {reply.status}" if reply.status != 200 else reply.text[:200],
            exchange=reply.exchange,
        )


def expect_gone(api: Api, post_id: Id, body: dict[str, Any], *, when: str = "") -> None:
    """A deleted post is neither found by its id nor listed."""
    reply = api.get(f"/posts/{post_id}")
    if has_text(reply, body):
        raise CheckFailed(
            f"a deleted post can be read{when or ' after all'}",
            expected=f"404 for GET /posts/{post_id} after its DELETE",
            actual=f"status {reply.status} and the post",
            exchange=reply.exchange,
        )
    listed = api.get("/posts")
    if has_text(listed, body):
        raise CheckFailed(
            f"a deleted post is listed{when or ' after all'}",
            expected=f"GET /posts without post {post_id}",
            actual=f"post {post_id} is in the list",
            exchange=listed.exchange,
        )


def update(api: Api, post_id: Id, body: Any) -> Reply:
    """Change a post with PUT, or with PATCH where the app has no PUT."""
    reply = api.put(f"/posts/{post_id}", json=body)
    if reply.status in NO_SUCH_METHOD:
        patched = api.patch(f"/posts/{post_id}", json=body)
        if patched.status < 300 or reply.status not in (404, patched.status):
            api.assume("Posts are changed with PATCH; the brief asks for PUT")
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


def unknown_like(rng: random.Random, post_id: Id) -> Id | None:
    """An id of the same form that belongs to no post; None where the form is not known."""
    text = str(post_id)
    if text.isdigit():
        number = int(text) + rng.randint(500_000, 900_000)
        return number if isinstance(post_id, int) else str(number)
    if HEXADECIMAL_ID.fullmatch(text):
        end = "".join(rng.choices(string.digits, k=8))
        return text[:-8] + end
    return None


def ids(records: list[dict[str, Any]]) -> list[str]:
    """The ids of listed posts, as text."""
    return [str(record.get("id")) for record in records]


def named(found: list[str]) -> str:
    """Posts by their ids, in a few words."""
    if not found:
        return "no posts"
    shown = ", ".join(found[:8])
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    return f"post{'s' if len(found) > 1 else ''} {shown}{more}"
