"""What is no post is refused. Which rules hold beyond that is up to the app."""

import random
from typing import Any

from harnesses.blogging_platform_api.data import post, word
from harnesses.blogging_platform_api.steps import (
    CHANGED,
    NO_SUCH_METHOD,
    expect_refused,
    new_post,
    update,
)
from harnesses.kit import Api, CheckFailed, check

JSON = {"Content-Type": "application/json"}
OBJECT = {"text": "no"}


def _without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@check("posts.validation", points=3, title="A post without title or without content is refused")
def test_missing_fields(api: Api, rng: random.Random) -> None:
    for name in ("title", "content"):
        reply = api.post("/posts", json=_without(post(rng), name))
        expect_refused(reply, f"a post without {name}")
        reply = api.post("/posts", json=post(rng, **{name: None}))
        expect_refused(reply, f"a post whose {name} is null")
    expect_refused(api.post("/posts", json={}), "an empty object")
    expect_refused(api.post("/posts", content="", headers=JSON), "an empty body")


@check("posts.validation", points=2, title="Fields of the wrong type are refused, not stored")
def test_wrong_types(api: Api, rng: random.Random) -> None:
    marks = []
    for name, value in (("title", OBJECT), ("content", ["no"]), ("title", ["no"])):
        marks.append(word(rng))
        reply = api.post("/posts", json=post(rng, category=marks[-1]) | {name: value})
        kind = "an object" if isinstance(value, dict) else "an array"
        expect_refused(reply, f"a post whose {name} is {kind}")
    listed = api.get("/posts")
    if listed.status == 200 and any(mark in listed.text for mark in marks):
        raise CheckFailed(
            "a post that was refused has been stored all the same",
            expected="the list without it",
            actual="it is in GET /posts",
            exchange=listed.exchange,
        )


@check(
    "posts.validation",
    points=2,
    title="A body that is no JSON object is refused",
    hint="Catch the error of the JSON parser, and check that what it read is an object.",
)
def test_malformed(api: Api, rng: random.Random) -> None:
    for text, what in (
        (f'{{"title": "{word(rng)}', "JSON that is cut off"),
        (f'["{word(rng)}"]', "an array"),
        (f'"{word(rng)}"', "a text"),
    ):
        expect_refused(api.post("/posts", content=text, headers=JSON), what)


@check(
    "posts.validation",
    points=1,
    title="An update to what is no post is refused, and the post stays",
    hint="Check the body of PUT with the same rules as that of POST, before you change anything.",
)
def test_update_to_nonsense(api: Api, rng: random.Random) -> None:
    post_id, body = new_post(api, rng)
    if update(api, post_id, body).status not in CHANGED:
        return  # whoever cannot change a post at all has lost that already
    reply = update(api, post_id, post(rng) | {"title": OBJECT})
    expect_refused(reply, "a title that is an object")
    path = f"/posts/{post_id}"
    for method in ("PUT", "PATCH"):
        reply = api.request(method, path, content='{"title": ', headers=JSON)
        if reply.status not in NO_SUCH_METHOD:
            break
    expect_refused(reply, "JSON that is cut off")
    after = api.get(path)
    if after.status == 200 and body["title"] not in after.text:
        raise CheckFailed(
            "an update that was refused has changed the post",
            expected=f"the title {body['title']!r}, as before",
            actual=after.text[:200],
            exchange=after.exchange,
        )
