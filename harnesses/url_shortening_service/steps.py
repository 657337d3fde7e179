"""Steps that several checks share."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from harnesses.kit import Api, CheckFailed, Reply, expect


@dataclass(frozen=True)
class Link:
    """A link as it was made."""

    code: str
    url: str

    @property
    def path(self) -> str:
        return path_of(self.code)


def path_of(code: str) -> str:
    return f"/shorten/{quote(code, safe='')}"


def word(rng: random.Random) -> str:
    """A word that nothing else holds."""
    return rng.choice("bcdfgklmnprst") + "".join(rng.choices(string.ascii_lowercase, k=9))


def target(rng: random.Random) -> str:
    """A URL that every validator takes, and that was never shortened before."""
    scheme = rng.choice(("http", "https"))
    domain = rng.choice(("com", "org", "net"))
    return f"{scheme}://{word(rng)}.example.{domain}/{word(rng)}/{word(rng)}-{rng.randint(2, 999)}"


def create(api: Api, url: str) -> Link:
    """Shorten a URL."""
    reply = api.post("/shorten", json={"url": url})
    expect(reply).created()
    return Link(code_in(reply), url)


def new_link(api: Api, rng: random.Random) -> Link:
    """Shorten a random URL."""
    return create(api, target(rng))


def code_in(reply: Reply) -> str:
    """The short code in an answer; a number is as good as its digits."""
    code = reply.field("shortCode")
    if isinstance(code, bool) or not isinstance(code, str | int) or str(code).strip() == "":
        raise CheckFailed(
            f"“shortCode” in the answer to {reply.request} is no text",
            expected="a text such as k3Xp9a",
            actual=repr(code),
            exchange=reply.exchange,
        )
    return str(code)


def expect_url(reply: Reply, url: str) -> None:
    """The link in the answer leads to this URL. Some validators add or drop a last slash."""
    shown = reply.field("url")
    same = isinstance(shown, str) and shown.rstrip("/") == url.rstrip("/")
    expect(reply).field("url").holds(same, repr(url), "is not the URL that was sent")


def expect_found(api: Api, link: Link, **options: Any) -> Reply:
    """The link is found by its code, with its URL."""
    reply = api.get(link.path, **options)
    expect(reply).ok()
    expect_url(reply, link.url)
    if "shortCode" in reply.record():
        expect(reply).field("shortCode").equals(link.code)
    return reply


def never_given(rng: random.Random, like: str) -> str:
    """A code of the same form as another one: digits for digits, letters for letters."""
    for alphabet in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        like = "".join(rng.choice(alphabet) if sign in alphabet else sign for sign in like)
    return like


def expect_nothing_at(api: Api, method: str, rng: random.Random, like: str, **options: Any) -> None:
    """A code that was never given answers 404.

    With short codes a random one may be somebody's, so that one 404 of two is enough.
    """
    reply = api.request(method, path_of(never_given(rng, like)), **options)
    if reply.status != 404:
        reply = api.request(method, path_of(never_given(rng, like)), **options)
    expect(reply).missing()


def access_count(api: Api, link: Link) -> int:
    """What the statistics of a link say."""
    reply = api.get(f"{link.path}/stats")
    expect(reply).ok()
    value = reply.field("accessCount")
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise CheckFailed(
            f"“accessCount” in the answer to {reply.request} is no number",
            expected="a number",
            actual=repr(value),
            exchange=reply.exchange,
        )
    return value
