"""Finding posts by a term, in whichever way the app lets itself be asked."""

from __future__ import annotations

import random

from harnesses.blogging_platform_api.data import about, word
from harnesses.blogging_platform_api.steps import create, ids, new_post
from harnesses.kit import Api, CheckFailed, Reply, expect

TERM = "term"
OTHER_NAMES = ("search", "q", "search_term", "search_query", "query", "keyword")
NOTHING_FOUND = (204, 404)


def search_parameter(api: Api, rng: random.Random) -> str:
    """The name of the query parameter that filters posts: ``term`` where that works.

    Where no name does, it is ``term`` as well: that is what the brief asks for.
    """
    topic = word(rng)
    inside = str(create(api, about(rng, topic, "title", "content", "category")))
    outside = str(new_post(api, rng)[0])
    for name in (TERM, *OTHER_NAMES):
        seen = _seen(api.get("/posts", params={name: topic}))
        if inside in seen and outside not in seen:
            if name != TERM:
                api.assume(f"Your search takes “{name}”, not “{TERM}” as the brief has it")
            return name
    return TERM


def _seen(reply: Reply) -> list[str]:
    """What an answer lists; nothing where it lists nothing."""
    try:
        return ids(reply.records()) if reply.status == 200 else []
    except CheckFailed:
        return []


def found(reply: Reply) -> list[str]:
    """Ids of the posts found. “Nothing found” may also be said with 404, 204 or a message."""
    if reply.status in NOTHING_FOUND or _only_a_message(reply):
        return []
    expect(reply).ok()
    return ids(reply.records())


def _only_a_message(reply: Reply) -> bool:
    try:
        value = reply.json()
    except CheckFailed:
        return False
    return isinstance(value, dict) and not any(
        part is None or isinstance(part, dict | list) for part in value.values()
    )
