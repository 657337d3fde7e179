"""Where an answer has a token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harnesses.kit.api import Reply
from harnesses.kit.credentials import CARRIERS, Carrier
from harnesses.kit.dialect import fold
from harnesses.kit.failures import CheckFailed

NAMES = (
    *("token", "accesstoken", "jwt", "jwttoken", "authtoken", "authorization", "bearer"),
    *("bearertoken", "sessiontoken", "apitoken", "apikey", "access", "idtoken"),
)
HEADERS = ("authorization", "x-access-token", "x-auth-token", "x-token", "token")
MAX_DEPTH = 4
MIN_CHARS, MAX_CHARS = 4, 4096


@dataclass(frozen=True)
class Token:
    """A token, where it was, and how it may have to be sent; the likeliest way first."""

    text: str
    where: str
    carriers: tuple[Carrier, ...]


def tokens_in(reply: Reply) -> list[Token]:
    """What may be a token in an answer: in its body, its header, its cookies."""
    found = [Token(text, f"“{path}” of the body", CARRIERS) for path, text in _in_body(reply)]
    for name in HEADERS:
        text = _bare(reply.headers.get(name, ""))
        if text:
            found.append(Token(text, f"the header {name.title()}", CARRIERS))
    for name, text in _cookies(reply):
        found.append(Token(text, f"the cookie {name}", (Carrier("Cookie", f"{name}="), *CARRIERS)))
    return [token for token in found if MIN_CHARS <= len(token.text) <= MAX_CHARS]


def _in_body(reply: Reply) -> list[tuple[str, str]]:
    try:
        value = reply.json()
    except CheckFailed:
        return []
    if isinstance(value, str):
        return [("the whole", _bare(value))] if " " not in _bare(value) else []
    # The names come in the order of their likelihood, whatever the order in the body is.
    found = sorted(_walk(value, "", 0), key=lambda one: NAMES.index(fold(one[0].split(".")[-1])))
    return [(path, _bare(text)) for path, text in found]


def _walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth >= MAX_DEPTH or not isinstance(value, dict):
        return
    for name, inner in value.items():
        there = f"{path}.{name}" if path else str(name)
        if isinstance(inner, str) and fold(name) in NAMES and " " not in _bare(inner):
            yield there, inner
        else:
            yield from _walk(inner, there, depth + 1)


def _bare(text: str) -> str:
    """Without the word that some apps put before it; without what no header can carry."""
    first, _, rest = text.strip().partition(" ")
    bare = rest.strip() if first.lower() in ("bearer", "token", "jwt") and rest else text.strip()
    return bare if bare.isascii() and bare.isprintable() else ""


def _cookies(reply: Reply) -> Iterator[tuple[str, str]]:
    headers: Any = reply.headers
    for line in headers.get_list("set-cookie") if hasattr(headers, "get_list") else ():
        name, _, value = line.partition(";")[0].partition("=")
        if value.strip():
            yield name.strip(), _bare(value.strip().strip('"'))
