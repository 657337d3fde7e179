"""To-dos are written, listed, changed and deleted."""

import random
import time

from harnesses.kit import Api, App, CheckFailed, check, expect
from harnesses.kit.auth import enter, sign_up
from harnesses.todo_list_api.data import todo
from harnesses.todo_list_api.steps import (
    CHANGED,
    Id,
    create,
    expect_gone,
    expect_listed,
    expect_refused,
    find,
    listed,
    new_todo,
    somebody,
    unknown_like,
    update,
)

NOT_THERE = (404, 410, 403)
SETTLE_S = 0.5
ODD = {
    "title": "Grüße an Zoë: “don't” & <b>",
    "description": 'Line one\nline "two"; DROP TABLE todos; --',
}
JSON = {"Content-Type": "application/json"}
OBJECT = {"text": "no"}


@check("todos.create", title="POST /todos stores a to-do and answers with it")
def test_create(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    body = todo(rng)
    reply = ada.post("/todos", json=body)
    expect(reply).created()
    shown = reply.record()
    for name in ("title", "description"):
        if name in shown:
            expect(reply).field(name).equals(body[name])
    first, second = create(ada, todo(rng)), create(ada, todo(rng))
    expect(str(first), "the id of a second to-do").differs_from(str(second))


@check("todos.list", points=3, title="GET /todos lists what one has written")
def test_list(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    expect(listed(ada)[0]).status(200, 204, 404)
    written = [new_todo(ada, rng) for _ in range(3)]
    for todo_id, body in written:
        expect_listed(ada, todo_id, body)


@check("todos.list", points=2, title="Texts come back as they were written")
def test_texts(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    body = todo(rng, **ODD)
    expect_listed(ada, create(ada, body), body)


@check("todos.update", title="PUT /todos/{id} changes that to-do and no other")
def test_update(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    before, (todo_id, _), after = [new_todo(ada, rng) for _ in range(3)]
    changed = todo(rng)
    expect(update(ada, todo_id, changed)).status(*CHANGED)
    expect_listed(ada, todo_id, changed, when=" after its PUT")
    for other_id, other in (before, after):
        expect_listed(ada, other_id, other, when=" after the PUT of another one")


@check("todos.delete", title="DELETE /todos/{id} removes that to-do and no other")
def test_delete(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    before, (todo_id, _), after = [new_todo(ada, rng) for _ in range(3)]
    expect(ada.delete(f"/todos/{todo_id}")).deleted()
    expect_gone(ada, todo_id)
    for other_id, other in (before, after):
        expect_listed(ada, other_id, other, when=" after the DELETE of another one")


@check("todos.missing", points=2, title="PUT answers 404 for a to-do that is not there")
def test_update_missing(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    for missing in _missing(ada, rng):
        expect(update(ada, missing, todo(rng))).status(*NOT_THERE)


@check("todos.missing", points=1, title="DELETE answers 404 for a to-do that is not there")
def test_delete_missing(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    for missing in _missing(ada, rng):
        expect(ada.delete(f"/todos/{missing}")).status(*NOT_THERE)


def _missing(ada: Api, rng: random.Random) -> list[Id]:
    """Ids of no to-do, of the same form as real ones: one that never was, one that was deleted.

    An app that does not delete has lost that already, and is not asked for the deleted one.
    """
    todo_id, _ = new_todo(ada, rng)
    never = unknown_like(rng, todo_id)
    ada.delete(f"/todos/{todo_id}")
    deleted = find(ada, todo_id)[1] is None
    found = [] if never is None else [never]
    return [*found, todo_id] if deleted else found


@check("todos.validation", points=2, title="A to-do without a title is refused")
def test_missing_title(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    for title, what in ((None, "a to-do whose title is null"), ("", "an empty title")):
        expect_refused(ada.post("/todos", json={**todo(rng), "title": title}), what)
    body = {"description": todo(rng)["description"]}
    expect_refused(ada.post("/todos", json=body), "a to-do without title")
    expect_refused(ada.post("/todos", json={}), "an empty object")


@check("todos.validation", points=1, title="What is no text, or no JSON object, is refused")
def test_wrong_types(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    for title, what in ((OBJECT, "a title that is an object"), (["no"], "a title that is a list")):
        expect_refused(ada.post("/todos", json={**todo(rng), "title": title}), what)
    for text, what in (('{"title": "', "JSON that is cut off"), ('["no"]', "an array")):
        expect_refused(ada.post("/todos", content=text, headers=JSON), what)


@check("todos.validation", points=1, title="A change to what is no to-do is refused")
def test_wrong_update(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    todo_id, body = new_todo(ada, rng)
    if update(ada, todo_id, body).status not in CHANGED:
        return  # whoever cannot change a to-do at all has lost that already
    expect_refused(update(ada, todo_id, {**todo(rng), "title": OBJECT}), "a title as an object")
    reply, record = find(ada, todo_id)
    if record is not None and record.get("title") != body["title"]:
        raise CheckFailed(
            "a change that was refused has been made all the same",
            expected=f"the title {body['title']!r}, as before",
            actual=reply.text[:200],
            exchange=reply.exchange,
        )


@check("todos.persistence", title="Accounts, to-dos and deletions survive a restart")
def test_persistence(api: Api, rng: random.Random, app: App) -> None:
    person = sign_up(api, rng)
    ada = api.acting(person.headers)
    kept = [new_todo(ada, rng) for _ in range(2)]
    deleted_id, _ = new_todo(ada, rng)
    ada.delete(f"/todos/{deleted_id}")
    was_deleted = find(ada, deleted_id)[1] is None
    time.sleep(SETTLE_S)
    app.restart()
    # Tokens may end with the process that gave them; accounts may not.
    again = api.acting(enter(api, person.account).headers)
    for todo_id, body in kept:
        expect_listed(again, todo_id, body, when=" after a restart")
    if was_deleted:  # whoever cannot delete at all has lost that already
        expect_gone(again, deleted_id, when=" after a restart")
    expect_listed(again, *new_todo(again, rng))
