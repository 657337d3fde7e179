"""Codes are unique and cannot be guessed."""

import random
import string
from collections.abc import Sequence
from itertools import pairwise

from harnesses.kit import Api, check, expect
from harnesses.url_shortening_service.steps import new_link

CREATED = 20
SHORTEST = 3
# The orders in which digits and letters are usually put to write a counter as a code.
ALPHABETS = (
    string.digits + string.ascii_lowercase + string.ascii_uppercase,
    string.digits + string.ascii_uppercase + string.ascii_lowercase,
    string.ascii_lowercase + string.ascii_uppercase + string.digits,
    string.ascii_uppercase + string.ascii_lowercase + string.digits,
    string.ascii_letters + string.digits + "-_",
    string.digits + string.ascii_lowercase,
    string.digits + string.ascii_uppercase,
)


@check("codes.unique", title="Different URLs get different codes")
def test_unique(api: Api, rng: random.Random) -> None:
    codes = [new_link(api, rng).code for _ in range(CREATED)]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    expect(twice, f"some of {CREATED} new links").holds(
        not twice, "a code of its own for each link", "got the same code as another one"
    )


@check("codes.random", title="Codes do not count upwards")
def test_random(api: Api, rng: random.Random) -> None:
    codes = [new_link(api, rng).code for _ in range(CREATED)]
    expect(codes[0], "a short code").matches(
        rf".{{{SHORTEST},}}", f"at least {SHORTEST} characters, so that it cannot be guessed"
    )
    expect(codes[:6], "codes of new links").holds(
        not is_series(codes),
        "codes of which none tells the next",
        "follow one another like a counter, so that they can be guessed",
    )


def is_series(codes: Sequence[str]) -> bool:
    """Whether each code follows from the one before.

    Either almost all of it stays the same, at one end or the other, or, read as numbers in one
    of the usual alphabets, the codes are the same distance apart.
    """
    alike = sum(
        _alike(one, next_) or _alike(one[::-1], next_[::-1]) for one, next_ in pairwise(codes)
    )
    return alike > len(codes) / 2 or any(_evenly_spaced(codes, a) for a in ALPHABETS)


def _alike(one: str, other: str) -> bool:
    """Whether all but the last character or, in longer codes, two are the same."""
    kept = max(len(one) - 2, min(len(one) - 1, 2))
    return len(one) == len(other) and one[:kept] == other[:kept]


def _evenly_spaced(codes: Sequence[str], alphabet: str) -> bool:
    if not all(sign in alphabet for code in codes for sign in code):
        return False
    numbers = [_number(code, alphabet) for code in codes]
    mirrored = [_number(code[::-1], alphabet) for code in codes]
    return any(len({b - a for a, b in pairwise(series)}) == 1 for series in (numbers, mirrored))


def _number(code: str, alphabet: str) -> int:
    value = 0
    for sign in code:
        value = value * len(alphabet) + alphabet.index(sign)
    return value
