"""People register and log in."""

import base64
import random
import re
from dataclasses import replace
from typing import Any

from harnesses.kit import Api, CheckFailed, Reply, check, expect
from harnesses.kit.auth import (
    Account,
    accepted,
    enter,
    log_in,
    made_up,
    register,
    sign_up,
    tokens_in,
)
from harnesses.kit.dialect import fold
from harnesses.todo_list_api.steps import expect_refused

JSON = {"Content-Type": "application/json"}
OBJECT = {"text": "no"}
SECRET_NAMES = ("password", "passwordhash", "hashedpassword", "pwd", "passwd", "hash")
PAYLOAD = re.compile(r"eyJ[\w-]+\.(eyJ[\w-]+)")


@check("accounts.register", title="Whoever registers can use the app")
def test_register(api: Api, rng: random.Random) -> None:
    ada, bela = sign_up(api, rng), sign_up(api, rng)
    for person in (ada, bela):
        expect(api.acting(person.headers).get("/todos")).status(200, 204, 404)


@check("accounts.login", title="Whoever has an account can log in, again and again")
def test_login(api: Api, rng: random.Random) -> None:
    ada, bela = sign_up(api, rng), sign_up(api, rng)
    for account in (ada.account, bela.account, ada.account):
        enter(api, account)


@check("accounts.wrong_password", points=4, title="A wrong password is refused")
def test_wrong_password(api: Api, rng: random.Random) -> None:
    ada, bela = sign_up(api, rng).account, sign_up(api, rng).account
    log_in(api, ada)
    for wrong, what in (
        (made_up(rng).password, "a password that nobody has"),
        (bela.password, "somebody else's password"),
        (ada.password[:-1], "a password that lacks its last character"),
        (ada.password.swapcase(), "a password in the wrong case"),
        ("", "an empty password"),
    ):
        _expect_kept_out(log_in(api, replace(ada, password=wrong)), what)
    enter(api, ada)


@check("accounts.wrong_password", points=2, title="Somebody who never registered is refused")
def test_unknown_person(api: Api, rng: random.Random) -> None:
    enter(api, sign_up(api, rng).account)
    _expect_kept_out(log_in(api, made_up(rng)), "somebody who never registered")


def _expect_kept_out(reply: Reply, what: str) -> None:
    if not 400 <= reply.status < 500:
        raise CheckFailed(
            f"{reply.request} {'lets in' if reply.status < 400 else 'fails on'} {what}",
            expected="status 401 (400, 403, 404 and 422 are as good)",
            actual=f"status {reply.status}",
            exchange=reply.exchange,
        )


@check("accounts.duplicate", title="An e-mail that is taken is refused")
def test_duplicate(api: Api, rng: random.Random) -> None:
    ada = sign_up(api, rng).account
    other = made_up(rng)
    same = replace(other, email=ada.email) if _has(api, "email") else replace(ada, name=other.name)
    same = replace(same, password=other.password)
    expect_refused(register(api, same), "an e-mail that is taken")
    if not 200 <= log_in(api, ada).status < 300:
        return  # whoever lets in nobody has lost that already
    if 200 <= log_in(api, replace(ada, password=made_up(rng).password)).status < 300:
        return  # and so has whoever lets in anybody
    if 200 <= log_in(api, same).status < 300:
        raise CheckFailed(
            "a second registration has changed the password of the first",
            expected="the account as it was",
            actual="the new password lets in",
        )


@check("accounts.validation", points=2, title="An account without e-mail or password is refused")
def test_missing_fields(api: Api, rng: random.Random) -> None:
    sign_up(api, rng)
    for part in ("email", "password"):
        if _has(api, part):
            for value, what in ((..., f"an account without {part}"), (None, f"{part} null")):
                expect_refused(_register_with(api, made_up(rng), part, value), what)
            expect_refused(_register_with(api, made_up(rng), part, ""), f"an empty {part}")
    expect_refused(api.post("/register", json={}), "an empty object")


@check("accounts.validation", points=2, title="What is no e-mail, no text or no JSON is refused")
def test_wrong_fields(api: Api, rng: random.Random) -> None:
    sign_up(api, rng)
    if _has(api, "email"):
        no_email = made_up(rng).username
        reply = _register_with(api, made_up(rng), "email", no_email)
        expect_refused(reply, f"“{no_email}” as an e-mail")
        expect_refused(_register_with(api, made_up(rng), "email", OBJECT), "an object as e-mail")
    expect_refused(_register_with(api, made_up(rng), "password", ["no"]), "an array as password")
    reply = api.post("/register", content='{"email": "', headers=JSON)
    expect_refused(reply, "JSON that is cut off")


def _has(api: Api, part: str) -> bool:
    """Whether the app asks for this part of an account."""
    shape = api.reading.ways.register
    return shape is not None and part in [asked for _, asked in shape.fields]


def _register_with(api: Api, account: Account, part: str, value: Any) -> Reply:
    """Register with one part replaced, or left out."""
    shape = api.reading.ways.register
    assert shape is not None
    body: dict[str, Any] = account.body(shape)
    for name, asked in shape.fields:
        if asked == part:
            body[name] = value
    return api.post("/register", json={k: v for k, v in body.items() if v is not ...})


@check("accounts.secret", title="No answer and no token shows a password")
def test_secret(api: Api, rng: random.Random) -> None:
    account = made_up(rng)
    answers = [register(api, account)]
    if tokens_in(answers[0]):
        mine = api.acting(accepted(api, account, answers[0]).headers)
        answers += [mine.post("/todos", json={"title": "Rest", "description": "Now"})]
        answers += [mine.get("/todos")]
    answers += [log_in(api, account)]
    for reply in answers:
        shown = reply.text + "".join(map(_unpacked, PAYLOAD.findall(reply.text)))
        expect(account.password in shown, f"the answer to {reply.request}", reply).holds(
            account.password not in shown, "no password in it", "shows the password"
        )
        _expect_no_hash(reply)


def _unpacked(payload: str) -> str:
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode("utf-8", "replace")


def _expect_no_hash(reply: Reply) -> None:
    try:
        value = reply.json()
    except CheckFailed:
        return
    name = _secret_name(value)
    if name:
        raise CheckFailed(
            f"the answer to {reply.request} shows the password, or its hash, as “{name}”",
            expected="an answer without it",
            actual=reply.text[:200],
            exchange=reply.exchange,
        )


def _secret_name(value: Any, depth: int = 0) -> str:
    if isinstance(value, list) and depth < 5:
        return next(filter(None, (_secret_name(one, depth + 1) for one in value[:20])), "")
    if not isinstance(value, dict) or depth >= 5:
        return ""
    for name, inner in value.items():
        text = isinstance(inner, str) and inner.strip("*• ")
        if text and fold(name) in SECRET_NAMES:
            return str(name)
        found = _secret_name(inner, depth + 1)
        if found:
            return found
    return ""
