"""Making accounts, logging in, and proving who one is: in the way the app has, found once."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from urllib.parse import urlencode

from grader.domain.project import Accounts
from harnesses.kit.api import Api, Reply
from harnesses.kit.auth.people import Account, Person, made_up
from harnesses.kit.auth.tokens import Token, tokens_in
from harnesses.kit.credentials import CARRIERS, Carrier, Shape
from harnesses.kit.failures import CheckFailed

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOT_LET_IN = (400, 401, 403, 422)
# The parts that an account may be asked for under other names, likeliest first.
OTHER_FIELDS = (
    {"username": "username", "email": "email", "password": "password"},
    {
        "name": "name",
        "username": "username",
        "email": "email",
        "password": "password",
        "confirmPassword": "password",
        "confirm_password": "password",
    },
    {"username": "username", "password": "password"},
    {"email": "email", "password": "password"},
    {"full_name": "name", "email": "email", "password": "password"},
    {"fullName": "name", "email": "email", "password": "password"},
    {"first_name": "name", "last_name": "name", "email": "email", "password": "password"},
    {"firstName": "name", "lastName": "name", "email": "email", "password": "password"},
)
LOGINS = (
    {"email": "email", "password": "password"},
    {"username": "username", "password": "password"},
    {"username": "email", "password": "password"},
    {"name": "name", "password": "password"},
    {"email": "email", "username": "username", "password": "password"},
)


def register(api: Api, account: Account) -> Reply:
    """Ask for an account, in the form that the app takes.

    Returns:
        The answer; where no form is taken, the one to the brief's own.
    """
    plan, ways = _plan(api), api.reading.ways
    if ways.register is not None:
        return _send(api, plan.register_path, account, ways.register)
    briefs = Shape(tuple((name, name) for name in plan.fields))
    forms = [briefs, *(Shape(tuple(fields.items())) for fields in OTHER_FIELDS)]
    shape, reply = _first_taken(api, plan.register_path, account, forms)
    if shape is not None:
        ways.register = shape
        if shape != briefs:
            api.assume(f"Accounts are made with {shape}; the brief asks for {briefs}")
    return reply


def log_in(api: Api, account: Account) -> Reply:
    """Log in, in the form that the app takes; returns the answer as :func:`register` does."""
    plan, ways = _plan(api), api.reading.ways
    if ways.login is not None:
        return _send(api, plan.login_path, account, ways.login)
    json = [Shape(tuple(fields.items())) for fields in LOGINS]
    forms = [Shape(shape.fields, form=True) for shape in json[1:3]]
    shape, reply = _first_taken(api, plan.login_path, account, [*json, *forms])
    if shape is not None:
        ways.login = shape
        if shape != json[0]:
            api.assume(f"Logging in takes {shape}; the brief asks for {json[0]}")
    return reply


def sign_up(api: Api, rng: Random) -> Person:
    """Somebody new with an account and a token that the app accepts.

    Raises:
        CheckFailed: If the app gives no account, no token, or does not take the one it gave.
    """
    account = made_up(rng)
    reply = register(api, account)
    if not _taken(reply):
        raise CheckFailed(
            f"{reply.request} does not make an account",
            expected="status 201 and a token" + reply.looked_for,
            actual=f"status {reply.status}",
            exchange=reply.exchange,
        )
    if not tokens_in(reply):
        api.assume("Registering gives no token; the checks log in afterwards")
        return enter(api, account)
    return accepted(api, account, reply)


def enter(api: Api, account: Account) -> Person:
    """Somebody who has an account, with a new token.

    Raises:
        CheckFailed: If the app does not let them in.
    """
    reply = log_in(api, account)
    if not _taken(reply):
        raise CheckFailed(
            f"{reply.request} does not let in somebody who has just registered",
            expected="status 200 and a token" + reply.looked_for,
            actual=f"status {reply.status}",
            exchange=reply.exchange,
        )
    return accepted(api, account, reply)


def accepted(api: Api, account: Account, reply: Reply) -> Person:
    """Whoever an answer has a token for, which is tried.

    Raises:
        CheckFailed: If there is none, or the app does not take it.
    """
    tokens = tokens_in(reply)
    if not tokens:
        raise CheckFailed(
            f"the answer to {reply.request} has no token",
            expected="“token” in the body (also accepted: access_token, jwt and the like, inside"
            " another object, in a header, in a cookie)",
            actual=reply.text[:200] or "an empty body",
            exchange=reply.exchange,
        )
    for token in tokens:
        for carrier in _carriers(api, token):
            if _let_in(api, carrier.headers(token.text)):
                _remember(api, token, carrier)
                return Person(account, token.text, carrier.headers(token.text))
    refusal = api.acting(CARRIERS[0].headers(tokens[0].text)).get(_plan(api).guarded)
    raise CheckFailed(
        f"the token that {reply.request} gave is not accepted",
        expected=f"an answer to {refusal.request} with “{CARRIERS[0]}”"
        f" (also tried: {', '.join(map(str, CARRIERS[1:]))})",
        actual=f"status {refusal.status}",
        exchange=refusal.exchange,
    )


def _carriers(api: Api, token: Token) -> Iterable[Carrier]:
    """The one that is known first."""
    known = api.reading.ways.carrier
    return dict.fromkeys((known, *token.carriers)) if known in token.carriers else token.carriers


def _let_in(api: Api, headers: dict[str, str]) -> bool:
    return api.acting(headers).get(_plan(api).guarded).status not in NOT_LET_IN


def _remember(api: Api, token: Token, carrier: Carrier) -> None:
    if api.reading.ways.carrier is None:
        api.reading.ways.carrier = carrier
        if carrier not in CARRIERS[:2] or not token.where.startswith("“token”"):
            shown = "Cookie" if carrier.header == "Cookie" else f"“{carrier}”"
            api.assume(f"The token was found in {token.where} and is sent as {shown}")


def _plan(api: Api) -> Accounts:
    plan = api.reading.dialect.accounts
    if plan is None:
        raise ValueError("the project's dialect has no accounts")
    return plan


def _first_taken(
    api: Api, path: str, account: Account, forms: list[Shape]
) -> tuple[Shape | None, Reply]:
    """The first form that the app takes, and the answer to it; else that to the first of all."""
    first: Reply | None = None
    for shape in forms:
        reply = _send(api, path, account, shape)
        if _taken(reply):
            return shape, reply
        first = first or reply
        if reply.status in (404, 405) and reply.looked_for:
            break
    assert first is not None
    return None, first


def _send(api: Api, path: str, account: Account, shape: Shape) -> Reply:
    body = account.body(shape)
    if shape.form:
        return api.post(path, content=urlencode(body), headers=FORM)
    return api.post(path, json=body)


def _taken(reply: Reply) -> bool:
    return 200 <= reply.status < 300
