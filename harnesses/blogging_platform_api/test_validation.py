"""What is no post is refused."""

import random
from typing import Any

from harnesses.blogging_platform_api.data import post
from harnesses.blogging_platform_api.steps import ids, new_post, update
from harnesses.kit import Api, Reply, check, expect


def _expect_refused(api: Api, body: Any) -> Reply:
    reply = api.post("/posts", json=body)
    expect(reply).refused()
    return reply


@check("posts.validation", points=3, title="A post without title or content is refused")
def test_missing_fields(api: Api, rng: random.Random) -> None:
    for name in ("title", "content"):
        body = post(rng)
        del body[name]
        _expect_refused(api, body)
    _expect_refused(api, {})


@check("posts.validation", points=2, title="Fields of the wrong type are refused")
def test_wrong_types(api: Api, rng: random.Random) -> None:
    before = ids(api.get("/posts").records())
    for fields in ({"title": {"text": "no"}}, {"content": ["no"]}):
        _expect_refused(api, post(rng) | fields)
    after = api.get("/posts")
    expect(len(after.records()), "the number of posts after refused ones", after).equals(
        len(before)
    )


@check("posts.validation", points=2, title="A body that is no JSON is refused")
def test_malformed(api: Api) -> None:
    reply = api.post(
        "/posts", content='{"title": "cut of', headers={"Content-Type": "application/json"}
    )
    expect(reply).refused()


@check("posts.validation", points=1, title="An update without content is refused")
def test_update_incomplete(api: Api, rng: random.Random) -> None:
    post_id, _ = new_post(api, rng)
    expect(update(api, post_id, {"title": ""})).refused()
