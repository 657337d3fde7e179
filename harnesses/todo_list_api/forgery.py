"""Tokens that nobody was given: guessed, made at home, or changed."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Iterator

from harnesses.kit.auth import Person
from harnesses.kit.credentials import CARRIERS, Carrier, Ways

NO_ALGORITHM = {"alg": "none", "typ": "JWT"}


def forged(
    ways: Ways, person: Person, other: Person, rng: random.Random
) -> Iterator[tuple[dict[str, str], str]]:
    """Headers with a token that is none, each with what it is in words.

    Args:
        ways: How the app wants a token to be sent.
        person: Whose token is imitated.
        other: Somebody else, who has a good one.
        rng: Source of what is made up.
    """
    carrier: Carrier = ways.carrier or CARRIERS[0]
    for token, what in _tokens(person, other, rng):
        yield carrier.headers(token), what


def _tokens(person: Person, other: Person, rng: random.Random) -> Iterator[tuple[str, str]]:
    good, account = person.token, person.account
    yield "".join(rng.choices(string.ascii_letters, k=max(20, len(good)))), "a made-up token"
    yield "null", "“null” for a token"
    for text, what in (
        (account.email, "their e-mail for a token"),
        (account.username, "their user name for a token"),
        ("1", "an id for a token"),
    ):
        yield text, what
        yield _packed(text.encode()), f"{what}, in base64"
    yield _packed(f"{account.email}:{account.password}".encode()), "e-mail and password in base64"
    yield _altered(good), "a token of which one character was changed"
    if good.isdigit():
        yield str(int(good) + 1000), "a token that was counted on"
    parts, others = good.split("."), other.token.split(".")
    if len(parts) == len(others) == 3:
        yield f"{parts[0]}.{others[1]}.{parts[2]}", "the content of one token signed as another"
        head = _packed(json.dumps(NO_ALGORITHM, separators=(",", ":")).encode())
        yield f"{head}.{parts[1]}.", "a JWT that says of itself that it is not signed"


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _altered(token: str) -> str:
    """Changed in the middle of its last part: the last character of base64 may mean nothing."""
    start = token.rfind(".") + 1
    place = start + (len(token) - start) // 2
    other = "A" if token[place] != "A" else "B"
    return token[:place] + other + token[place + 1 :]
