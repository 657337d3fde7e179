"""Posts are written, read, changed and deleted."""

import random
import time
from typing import Any

from harnesses.blogging_platform_api.data import post, sentence, word
from harnesses.blogging_platform_api.steps import (
    CHANGED,
    NOT_THERE,
    Id,
    create,
    created_id,
    expect_gone,
    expect_same,
    expect_stored,
    expect_tags,
    expect_untouched,
    has_text,
    ids,
    new_post,
    shown_post,
    unknown_like,
    update,
)
from harnesses.blogging_platform_api.times import instant
from harnesses.kit import Api, App, CheckFailed, check, expect

CLOCK_STEP_S = 1.1  # longer than the coarsest time stamp that real apps keep: whole seconds
SAME_INSTANT_S = 0.9
SETTLE_S = 1.0  # for apps that write a moment later
MANY = 25  # more than fit on the usual first page of ten or twenty
OTHER_CLIENTS = ("Mozilla/5.0 (Macintosh)", "python-requests/2.32.4", "Go-http-client/1.1")


@check("posts.create", title="POST /posts stores a post and answers with it")
def test_create(api: Api, rng: random.Random) -> None:
    known = []
    for _ in range(2):
        body = post(rng)
        reply = api.post("/posts", json=body)
        expect(reply).created()
        if "title" in shown_post(reply):
            expect_same(reply, body)
        known.append(str(created_id(api, reply, body)))
        if len(set(known)) < len(known):
            raise CheckFailed(
                "two posts got the same id",
                expected="an id of its own for each post",
                actual=f"{known[0]!r} twice",
                exchange=reply.exchange,
            )


@check("posts.get", points=7, title="GET /posts/{id} answers with the post as it was written")
def test_get(api: Api, rng: random.Random) -> None:
    posts = [new_post(api, rng) for _ in range(4)]
    rng.shuffle(posts)
    for post_id, body in posts:
        reply = expect_stored(api, post_id, body)
        expect(reply).field("id").equals(post_id)


@check("posts.get", points=1, title="Every client gets the same answer")
def test_get_as_another_client(api: Api, rng: random.Random) -> None:
    post_id, body = new_post(api, rng)
    for client in OTHER_CLIENTS:
        expect_stored(api, post_id, body, headers={"User-Agent": client})


@check(
    "posts.fields",
    points=2,
    title="Tags come back as the array that was sent, also after an update",
    hint="Store tags as JSON or in a table of their own; turn them into an array of strings again.",
)
def test_tags(api: Api, rng: random.Random) -> None:
    for count in (3, 1):
        body, changed = post(rng), post(rng)
        body["tags"] = body["tags"][:count]
        path = f"/posts/{create(api, body)}"
        reply = api.get(path)
        expect(reply).ok()
        expect_tags(reply, body["tags"])
        update(api, path.rpartition("/")[2], changed)
        after = api.get(path)
        if has_text(after, changed):
            expect_tags(after, changed["tags"])


@check(
    "posts.fields",
    points=2,
    title="Quotes, line breaks and letters of any language survive",
    hint="Hand texts to the database as parameters, and store and send them as UTF-8.",
)
def test_any_text(api: Api, rng: random.Random) -> None:
    title = f'Don\'t call it "{word(rng)}"'
    content = (
        f'{sentence(rng)}\nÉté, Straße, Łódź, 東京: it\'s 100 % "{word(rng)}".\n{sentence(rng)}'
    )
    body = post(rng, title=title, content=content)
    reply = api.post("/posts", json=body)
    expect(reply).created()
    expect_stored(api, created_id(api, reply, body), body)


@check("posts.list", points=4, title="GET /posts lists the posts that were written")
def test_list(api: Api, rng: random.Random) -> None:
    made = [new_post(api, rng) for _ in range(3)]
    _expect_listed(api, made)


@check(
    "posts.list",
    points=2,
    title="GET /posts lists all posts, also when there are many",
    hint="The brief has no pages: leave LIMIT out, or let it apply only when a client asks for it.",
)
def test_list_many(api: Api, rng: random.Random) -> None:
    _expect_listed(api, [new_post(api, rng) for _ in range(MANY)])


def _expect_listed(api: Api, made: list[tuple[Id, dict[str, Any]]]) -> None:
    reply = api.get("/posts")
    expect(reply).ok()
    records = reply.records()
    listed = dict(zip(ids(records), records, strict=True))
    missing = [str(post_id) for post_id, _ in made if str(post_id) not in listed]
    if missing:
        raise CheckFailed(
            f"GET /posts lacks {len(missing)} of {len(made)} posts that were just written",
            expected=f"all {len(made)} of them",
            actual=f"a list of {len(records)}, without {', '.join(missing[:5])}",
            exchange=reply.exchange,
        )
    for post_id, body in made:
        shown = listed[str(post_id)].get("title")
        expect(shown, f"the title of post {post_id} in GET /posts", reply).equals(body["title"])


@check("posts.update", points=6, title="PUT /posts/{id} stores the new text of that post")
def test_update(api: Api, rng: random.Random) -> None:
    other_id, other = new_post(api, rng)
    post_id, _ = new_post(api, rng)
    changed = post(rng)
    reply = update(api, post_id, changed)
    expect(reply).status(*CHANGED)
    if "title" in shown_post(reply):
        expect_same(reply, changed)
    again = expect_stored(api, post_id, changed)
    expect(again).field("id").equals(post_id)
    expect_untouched(api, other_id, other, reply)


@check("posts.update", points=1, title="A changed post is listed with its new title, once")
def test_update_listed(api: Api, rng: random.Random) -> None:
    post_id, old = new_post(api, rng)
    changed = post(rng)
    expect(update(api, post_id, changed)).status(*CHANGED)
    listed = api.get("/posts")
    if has_text(listed, old):
        raise CheckFailed(
            "GET /posts still shows the title that a post had before its PUT",
            expected=f"the new title {changed['title']!r} only",
            actual=f"the old title {old['title']!r}",
            exchange=listed.exchange,
        )


@check("posts.timestamps", title="PUT keeps createdAt and moves updatedAt")
def test_timestamps(api: Api, rng: random.Random) -> None:
    post_id, _ = new_post(api, rng)
    before = api.get(f"/posts/{post_id}")
    created = instant(before.field("createdAt"), before)
    first = before.record().get("updatedAt")
    updated = created if first is None else instant(first, before)
    time.sleep(CLOCK_STEP_S)
    expect(update(api, post_id, post(rng))).status(*CHANGED)
    after = api.get(f"/posts/{post_id}")
    moved = instant(after.field("createdAt"), after) - created
    expect(after.field("createdAt"), "“createdAt” after an update", after).holds(
        abs(moved.total_seconds()) < SAME_INSTANT_S,
        f"{before.field('createdAt')!r}, as before the update",
        "was changed by PUT, which must leave it alone",
    )
    expect(after.field("updatedAt"), "“updatedAt” after an update", after).holds(
        instant(after.field("updatedAt"), after) > updated,
        f"a time after {first or before.field('createdAt')!r}",
        "was not moved by PUT",
    )
    later = api.get(f"/posts/{new_post(api, rng)[0]}")
    expect(later.field("createdAt"), "“createdAt” of a post written a second later", later).holds(
        instant(later.field("createdAt"), later) > created,
        f"a time after {before.field('createdAt')!r}",
        "is the time of an older post",
    )


@check("posts.delete", title="DELETE /posts/{id} removes that post and no other")
def test_delete(api: Api, rng: random.Random) -> None:
    before, (post_id, body), after = [new_post(api, rng) for _ in range(3)]
    reply = api.delete(f"/posts/{post_id}")
    expect(reply).deleted()
    expect_gone(api, post_id, body)
    for other_id, other in (before, after):
        expect_untouched(api, other_id, other, reply)


@check("posts.missing", points=3, title="GET answers 404 for a post that is not there")
def test_get_missing(api: Api, rng: random.Random) -> None:
    for missing in _missing(api, rng):
        expect(api.get(f"/posts/{missing}")).status(*NOT_THERE)


@check("posts.missing", points=2, title="PUT answers 404 for a post that is not there")
def test_update_missing(api: Api, rng: random.Random) -> None:
    for missing in _missing(api, rng):
        expect(update(api, missing, post(rng))).status(*NOT_THERE)


@check("posts.missing", points=2, title="DELETE answers 404 for a post that is not there")
def test_delete_missing(api: Api, rng: random.Random) -> None:
    for missing in _missing(api, rng):
        expect(api.delete(f"/posts/{missing}")).status(*NOT_THERE)


def _missing(api: Api, rng: random.Random) -> list[Id]:
    """Ids of no post, of the same form as real ones: one that never was, one that was deleted.

    An app that does not delete has lost that already, and is not asked for the deleted one.
    """
    post_id, body = new_post(api, rng)
    never = unknown_like(rng, post_id)
    api.delete(f"/posts/{post_id}")
    deleted = not has_text(api.get(f"/posts/{post_id}"), body)
    found = [] if never is None else [never]
    return [*found, post_id] if deleted else found


@check("posts.persistence", title="Posts, changes and deletions survive a restart")
def test_persistence(api: Api, rng: random.Random, app: App) -> None:
    (changed_id, old), (deleted_id, deleted) = new_post(api, rng), new_post(api, rng)
    changed = post(rng)
    update(api, changed_id, changed)
    api.delete(f"/posts/{deleted_id}")
    posts = [new_post(api, rng) for _ in range(3)]
    was_changed = has_text(api.get(f"/posts/{changed_id}"), changed)
    was_deleted = not has_text(api.get(f"/posts/{deleted_id}"), deleted)
    time.sleep(SETTLE_S)
    app.restart()
    for post_id, body in posts:
        _expect_still_there(api, post_id, body)
    # Whoever cannot change or delete at all has lost that already.
    if was_changed:
        _expect_still_changed(api, changed_id, old, changed)
    if was_deleted:
        expect_gone(api, deleted_id, deleted, when=" after a restart")
    added, body = new_post(api, rng)
    expect_stored(api, added, body)
    _expect_still_there(api, *posts[-1])


def _expect_still_there(api: Api, post_id: Id, body: dict[str, Any]) -> None:
    reply = api.get(f"/posts/{post_id}")
    if not has_text(reply, body):
        raise CheckFailed(
            "a post is lost when the app restarts",
            expected=f"post {post_id} with the title {body['title']!r}, as before the restart",
            actual=f"status {reply.status}" if reply.status != 200 else reply.text[:200],
            exchange=reply.exchange,
        )


def _expect_still_changed(
    api: Api, post_id: Id, old: dict[str, Any], changed: dict[str, Any]
) -> None:
    reply = api.get(f"/posts/{post_id}")
    if not has_text(reply, changed):
        raise CheckFailed(
            "what PUT changed is lost when the app restarts",
            expected=f"the new title {changed['title']!r}",
            actual="the old title" if has_text(reply, old) else f"status {reply.status}",
            exchange=reply.exchange,
        )
