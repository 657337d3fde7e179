"""Links are created, found, changed and deleted."""

import random
import time

from harnesses.kit import Api, App, check, expect
from harnesses.url_shortening_service.instants import instant
from harnesses.url_shortening_service.steps import (
    code_in,
    create,
    expect_found,
    expect_nothing_at,
    expect_url,
    new_link,
    target,
)

CLOCK_STEP_S = 1.1  # longer than the coarsest time stamp that real apps keep: whole seconds
SAME_INSTANT_S = 0.9
SETTLE_S = 1.0  # for apps that write a moment later
OTHER_CLIENTS = ("Mozilla/5.0 (Macintosh)", "python-requests/2.32.4", "Go-http-client/1.1")
CHANGED = (200, 202, 204)
GONE = (404, 410)


@check("links.create", title="POST /shorten creates a link and answers with its code")
def test_create(api: Api, rng: random.Random) -> None:
    for _ in range(2):
        reply = api.post("/shorten", json={"url": target(rng)})
        expect(reply).created()
        code_in(reply)


@check("links.resource", title="The answer to POST /shorten is the whole link")
def test_resource(api: Api, rng: random.Random) -> None:
    url = target(rng)
    reply = api.post("/shorten", json={"url": url})
    expect(reply).created()
    expect_url(reply, url)
    instant(reply.field("createdAt"), reply)
    if reply.field("updatedAt") is not None:
        instant(reply.field("updatedAt"), reply)


@check("links.retrieve", points=6, title="GET /shorten/{shortCode} answers with that link")
def test_retrieve(api: Api, rng: random.Random) -> None:
    links = [new_link(api, rng) for _ in range(4)]
    rng.shuffle(links)
    for link in links:
        expect_found(api, link)


@check("links.retrieve", points=1, title="Every client gets the same answer")
def test_retrieve_as_another_client(api: Api, rng: random.Random) -> None:
    link = new_link(api, rng)
    for client in OTHER_CLIENTS:
        expect_found(api, link, headers={"User-Agent": client})


@check("links.missing", title="GET /shorten/{shortCode} answers 404 for a code never given")
def test_missing(api: Api, rng: random.Random) -> None:
    expect_nothing_at(api, "GET", rng, new_link(api, rng).code)


@check("links.update", title="PUT /shorten/{shortCode} leads the link elsewhere")
def test_update(api: Api, rng: random.Random) -> None:
    link, other = new_link(api, rng), new_link(api, rng)
    url = target(rng)
    expect(api.put(link.path, json={"url": url})).status(*CHANGED)
    found = api.get(link.path)
    expect(found).ok()
    expect_url(found, url)
    expect_found(api, other)


@check("links.update_timestamps", title="PUT moves updatedAt and leaves createdAt alone")
def test_update_timestamps(api: Api, rng: random.Random) -> None:
    link = new_link(api, rng)
    before = api.get(link.path)
    time.sleep(CLOCK_STEP_S)
    expect(api.put(link.path, json={"url": target(rng)})).status(*CHANGED)
    after = api.get(link.path)
    moved = instant(after.field("createdAt"), after) - instant(before.field("createdAt"), before)
    expect(after).field("createdAt").holds(
        abs(moved.total_seconds()) < SAME_INSTANT_S,
        f"{before.field('createdAt')!r}, as before the update",
        "was changed by PUT, which must leave it alone",
    )
    changed = instant(after.field("updatedAt"), after)
    earlier = before.field("updatedAt")
    expect(after).field("updatedAt").holds(
        earlier is None or changed > instant(earlier, before),
        f"a time after {earlier!r}",
        "was not moved by PUT",
    )


@check("links.update_refused", points=1, title="PUT answers 404 for a code never given")
def test_update_of_nothing(api: Api, rng: random.Random) -> None:
    expect_nothing_at(api, "PUT", rng, new_link(api, rng).code, json={"url": target(rng)})


@check("links.update_refused", points=2, title="PUT refuses what is not a URL, and keeps the link")
def test_update_to_nonsense(api: Api, rng: random.Random) -> None:
    link = new_link(api, rng)
    for body in ({}, {"url": ""}, {"url": f"not a link {rng.randint(2, 999)}"}):
        expect(api.put(link.path, json=body)).refused()
    expect_found(api, link)


@check("links.delete", title="DELETE /shorten/{shortCode} deletes that link and no other")
def test_delete(api: Api, rng: random.Random) -> None:
    link, other = new_link(api, rng), new_link(api, rng)
    expect(api.delete(link.path)).deleted()
    expect_found(api, other)


@check("links.deleted_gone", points=2, title="A deleted link is found no more")
def test_deleted_is_not_found(api: Api, rng: random.Random) -> None:
    link = new_link(api, rng)
    expect(api.delete(link.path)).deleted()
    expect(api.get(link.path)).status(*GONE)


@check(
    "links.deleted_gone",
    points=2,
    title="A deleted link has no statistics and cannot be deleted again",
)
def test_deleted_is_gone_everywhere(api: Api, rng: random.Random) -> None:
    link = new_link(api, rng)
    expect(api.delete(link.path)).deleted()
    expect(api.get(f"{link.path}/stats")).status(*GONE)
    expect(api.delete(link.path)).status(*GONE)


@check("persistence.restart", title="Links are there again after a restart")
def test_restart(api: Api, rng: random.Random, app: App) -> None:
    links = [new_link(api, rng) for _ in range(3)]
    time.sleep(SETTLE_S)
    app.restart()
    for link in links:
        expect_found(api, link)
    added = create(api, target(rng))
    expect(added.code, "the code of a link made after the restart").holds(
        added.code not in [link.code for link in links],
        "a code that no link has",
        "is one that an older link has already",
    )
