"""What the checks of the URL shortener take for a series, and for a time."""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime
from typing import Any

import pytest

from grader.domain.evidence import HttpExchange
from harnesses.kit import CheckFailed
from harnesses.url_shortening_service.instants import instant
from harnesses.url_shortening_service.steps import never_given
from harnesses.url_shortening_service.test_codes import ALPHABETS, CREATED, is_series


def in_base(number: int, alphabet: str, width: int = 0) -> str:
    text = ""
    while number or len(text) < width or not text:
        number, digit = divmod(number, len(alphabet))
        text = alphabet[digit] + text
    return text


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("start", [0, 61, 3_843, 238_320, 10_000_000])
@pytest.mark.parametrize("step", [1, 7, 1_000_003])
@pytest.mark.parametrize("mirrored", [False, True])
def test_counters_are_series(alphabet: str, start: int, step: int, mirrored: bool) -> None:
    codes = [in_base(start + step * n, alphabet, 4) for n in range(CREATED)]
    assert is_series([code[::-1] if mirrored else code for code in codes])


def test_a_counter_that_skips_now_and_then_is_a_series() -> None:
    rng = random.Random(1)
    number, codes = 10_000_000, []
    for _ in range(CREATED):
        number += rng.randint(1, 5)
        codes.append(in_base(number, ALPHABETS[0]))
    assert is_series(codes)


@pytest.mark.parametrize("length", [3, 4, 6, 12])
@pytest.mark.parametrize("alphabet", [string.digits, "0123456789abcdef", ALPHABETS[0]])
def test_random_codes_are_none(length: int, alphabet: str) -> None:
    rng = random.Random(2)
    for _ in range(60):
        codes = ["".join(rng.choices(alphabet, k=length)) for _ in range(CREATED)]
        assert not is_series(codes), codes


def test_codes_with_a_fixed_beginning_are_none() -> None:
    rng = random.Random(3)
    assert not is_series([f"url-{rng.randrange(16**6):06x}" for _ in range(CREATED)])


def test_a_code_that_was_never_given_has_the_form_of_one_that_was() -> None:
    made = never_given(random.Random(4), "a7-Q_9")
    assert made != "a7-Q_9"
    assert [(c.islower(), c.isupper(), c.isdigit()) for c in made] == [
        (c.islower(), c.isupper(), c.isdigit()) for c in "a7-Q_9"
    ]


class _Reply:
    exchange = HttpExchange(method="GET", url="http://localhost/", curl="curl http://localhost/")


NINE = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01T09:30:00Z",
        "2026-03-01T10:30:00+01:00",
        "2026-03-01 09:30:00",
        "2026-03-01T09:30:00.000000",
        NINE.timestamp(),
        int(NINE.timestamp() * 1000),
        str(int(NINE.timestamp())),
    ],
)
def test_times_in_any_form(value: Any) -> None:
    assert instant(value, _Reply()) == NINE


@pytest.mark.parametrize("value", ["yesterday", "", None, True, [], {}, 1e30, "nan"])
def test_what_is_no_time_fails_the_check(value: Any) -> None:
    with pytest.raises(CheckFailed, match="time stamp"):
        instant(value, _Reply())
