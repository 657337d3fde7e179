"""Posts are written, read, changed and deleted."""

import random
import time

from harnesses.blogging_platform_api.data import post, word
from harnesses.blogging_platform_api.steps import (
    create,
    expect_same,
    ids,
    instant,
    new_post,
    update,
)
from harnesses.kit import Api, App, check, expect

CLOCK_STEP_S = 1.1  # longer than the coarsest time stamp that real apps keep: whole seconds


@check("posts.create", title="POST /posts stores the post and answers with it")
def test_create(api: Api, rng: random.Random) -> None:
    body = post(rng, title=f"About {word(rng)}")
    reply = api.post("/posts", json=body)
    expect(reply).created()
    post_id = create(api, post(rng, title=f"About {word(rng)}"))
    expect(str(post_id), "the id of a second post", reply).differs_from("")
    if reply.text.strip():
        expect_same(reply, body)
        expect(str(post_id), "the id of a second post", reply).differs_from(str(reply.field("id")))


@check("posts.get", title="GET /posts/{id} answers with the post as it was written")
def test_get(api: Api, rng: random.Random) -> None:
    posts = [new_post(api, rng) for _ in range(3)]
    for post_id, body in posts:
        reply = api.get(f"/posts/{post_id}")
        expect(reply).ok()
        expect(reply).field("id").equals(post_id)
        expect_same(reply, body)


@check("posts.list", title="GET /posts answers with all posts")
def test_list(api: Api, rng: random.Random) -> None:
    made = [new_post(api, rng) for _ in range(3)]
    reply = api.get("/posts")
    expect(reply).ok()
    listed = {str(record.get("id")): record for record in reply.records()}
    for post_id, body in made:
        expect(list(listed), "the ids in GET /posts", reply).contains(str(post_id))
        expect(listed[str(post_id)].get("title"), "the title of a listed post", reply).equals(
            body["title"]
        )


@check("posts.update", title="PUT /posts/{id} stores the new text")
def test_update(api: Api, rng: random.Random) -> None:
    post_id, _ = new_post(api, rng)
    other_id, other = new_post(api, rng)
    changed = post(rng, title=f"Now about {word(rng)}")
    reply = update(api, post_id, changed)
    expect(reply).status(200, 204)
    again = api.get(f"/posts/{post_id}")
    expect(again).ok()
    expect_same(again, changed)
    expect_same(api.get(f"/posts/{other_id}"), other)


@check("posts.timestamps", title="PUT keeps createdAt and moves updatedAt")
def test_timestamps(api: Api, rng: random.Random) -> None:
    post_id, _ = new_post(api, rng)
    before = api.get(f"/posts/{post_id}")
    created = instant(before.field("createdAt"), before)
    updated = instant(before.field("updatedAt"), before) if before.field("updatedAt") else created
    time.sleep(CLOCK_STEP_S)
    expect(update(api, post_id, post(rng))).status(200, 204)
    after = api.get(f"/posts/{post_id}")
    expect(instant(after.field("createdAt"), after), "createdAt after an update", after).holds(
        instant(after.field("createdAt"), after) == created, f"{created}, as before the update"
    )
    moved = instant(after.field("updatedAt"), after)
    expect(moved, "updatedAt after an update", after).holds(moved > updated, f"later than {updated}")


@check("posts.delete", title="DELETE /posts/{id} removes that post and no other")
def test_delete(api: Api, rng: random.Random) -> None:
    post_id, _ = new_post(api, rng)
    other_id, other = new_post(api, rng)
    expect(api.delete(f"/posts/{post_id}")).deleted()
    gone = api.get(f"/posts/{post_id}")
    expect(gone).status(404, 410, 400)
    left = api.get("/posts")
    expect(ids(left.records()), "the ids in GET /posts after a delete", left).lacks(str(post_id))
    expect_same(api.get(f"/posts/{other_id}"), other)




@check("posts.missing", points=3, title="GET answers 404 for a post that is not there")
def test_get_missing(api: Api, rng: random.Random) -> None:
    expect(api.get(f"/posts/{_unknown(api, rng)}")).missing()


@check("posts.missing", points=2, title="PUT answers 404 for a post that is not there")
def test_update_missing(api: Api, rng: random.Random) -> None:
    expect(update(api, _unknown(api, rng), post(rng))).missing()


@check("posts.missing", points=2, title="DELETE answers 404 for a post that is not there")
def test_delete_missing(api: Api, rng: random.Random) -> None:
    expect(api.delete(f"/posts/{_unknown(api, rng)}")).missing()


def _unknown(api: Api, rng: random.Random) -> str | int:
    """An id that belongs to no post, of the same form as a real one."""
    post_id, _ = new_post(api, rng)
    text = str(post_id)
    if text.isdigit():
        return int(text) + rng.randint(500_000, 900_000)
    api.delete(f"/posts/{post_id}")
    return post_id


@check("posts.persistence", title="Posts are still there after the app was restarted")
def test_persistence(api: Api, rng: random.Random, app: App) -> None:
    post_id, body = new_post(api, rng)
    app.restart()
    reply = api.get(f"/posts/{post_id}")
    expect(reply).ok()
    expect_same(reply, body)
