"""Who may do what."""

import random

from harnesses.kit import Api, CheckFailed, Reply, check
from harnesses.kit.auth import sign_up
from harnesses.todo_list_api.data import todo
from harnesses.todo_list_api.forgery import forged
from harnesses.todo_list_api.steps import (
    expect_unchanged,
    find,
    listed,
    new_todo,
    somebody,
    update,
)

NOT_LET_IN = (401, 403, 400, 422)


def _expect_not_let_in(reply: Reply, who: str) -> None:
    if reply.status not in NOT_LET_IN:
        raise CheckFailed(
            f"{reply.request} {'is open to' if reply.status < 400 else 'fails for'} {who}",
            expected="status 401 (403, 400 and 422 are as good)",
            actual=f"status {reply.status}",
            exchange=reply.exchange,
        )


NOBODY = "somebody without a token"


@check("access.required", points=2, title="Nobody lists to-dos without a token")
def test_list(api: Api, rng: random.Random) -> None:
    new_todo(somebody(api, rng), rng)
    _expect_not_let_in(api.get("/todos"), NOBODY)


@check("access.required", points=1, title="Nobody writes to-dos without a token")
def test_create(api: Api, rng: random.Random) -> None:
    somebody(api, rng)
    _expect_not_let_in(api.post("/todos", json=todo(rng)), NOBODY)


@check("access.required", points=2, title="Nobody changes to-dos without a token")
def test_update(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    todo_id, body = new_todo(ada, rng)
    reply = update(api, todo_id, todo(rng))
    _expect_not_let_in(reply, NOBODY)
    expect_unchanged(ada, todo_id, body, reply)


@check("access.required", points=2, title="Nobody deletes to-dos without a token")
def test_delete(api: Api, rng: random.Random) -> None:
    ada = somebody(api, rng)
    todo_id, body = new_todo(ada, rng)
    reply = api.delete(f"/todos/{todo_id}")
    _expect_not_let_in(reply, NOBODY)
    expect_unchanged(ada, todo_id, body, reply)


@check("access.forged", points=4, title="Tokens that the app did not give are refused")
def test_forged(api: Api, rng: random.Random) -> None:
    ada, bela = sign_up(api, rng), sign_up(api, rng)
    new_todo(api.acting(ada.headers), rng)
    for headers, what in forged(api.reading.ways, ada, bela, rng):
        _expect_not_let_in(api.acting(headers).get("/todos"), f"somebody with {what}")


@check("access.forged", points=1, title="Everybody has a token of their own")
def test_own_token(api: Api, rng: random.Random) -> None:
    ada, bela = sign_up(api, rng), sign_up(api, rng)
    if ada.token == bela.token:
        reply = api.acting(ada.headers).get("/todos")
        raise CheckFailed(
            "two people are given the same token",
            expected="tokens that tell them apart",
            actual="the same for both",
            exchange=reply.exchange,
        )


@check("access.own", points=2, title="Nobody sees what somebody else has written")
def test_own_list(api: Api, rng: random.Random) -> None:
    ada, bela = somebody(api, rng), somebody(api, rng)
    todo_id, body = new_todo(ada, rng)
    new_todo(bela, rng)
    reply, _ = listed(bela)
    if body["title"] in reply.text:
        raise CheckFailed(
            "the list shows what somebody else has written",
            expected="the to-dos of the one who asks",
            actual=f"to-do {todo_id}, which is somebody else's, is in it",
            exchange=reply.exchange,
        )


@check("access.own", points=3, title="Nobody changes what somebody else has written")
def test_others_update(api: Api, rng: random.Random) -> None:
    ada, bela = somebody(api, rng), somebody(api, rng)
    todo_id, body = new_todo(ada, rng)
    reply = update(bela, todo_id, todo(rng))
    _expect_forbidden(reply)
    if find(ada, todo_id)[1] is not None:
        expect_unchanged(ada, todo_id, body, reply)


@check("access.own", points=2, title="Nobody deletes what somebody else has written")
def test_others_delete(api: Api, rng: random.Random) -> None:
    ada, bela = somebody(api, rng), somebody(api, rng)
    todo_id, body = new_todo(ada, rng)
    seen = find(ada, todo_id)[1] is not None
    reply = bela.delete(f"/todos/{todo_id}")
    _expect_forbidden(reply)
    if seen:
        expect_unchanged(ada, todo_id, body, reply)


def _expect_forbidden(reply: Reply) -> None:
    if not 400 <= reply.status < 500:
        raise CheckFailed(
            f"{reply.request}, of a to-do that somebody else has written, "
            f"{'is allowed' if reply.status < 400 else 'fails'}",
            expected="status 403 (404 is as good), and the to-do as it was",
            actual=f"status {reply.status}",
            exchange=reply.exchange,
        )
