"""Learner text becomes safe, whatever it was."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.text import LINE_CHARS, MAX_MARKS, clean, redact, tail
from tests.support.payloads import PAYLOADS

ANYTHING = st.text(alphabet=st.characters(categories=None), max_size=300)
FRAGMENTS = (
    *("\x1b", "[", "]", "31m", "\x07", "\x9b", "\x9c", "\\", "\r", "\n", "\x00", "\u200d"),
    *("\u202e", "\u0301", "é", "一", "👩", "a", "\ud800", "\u200b", " ", "\x1b[0m", "\x1bP"),
)
SPICY = st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join)
# Format characters that are seen, or that scripts and emoji need.
KEPT_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
JOINERS = {0x200C, 0x200D}


def is_safe(char: str) -> bool:
    """Whether a character can stand in any report."""
    category = unicodedata.category(char)
    if char in "\n\t" or ord(char) in KEPT_FORMATS | JOINERS:
        return True
    noncharacter = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
    return category not in ("Cc", "Cf", "Cs", "Zl", "Zp") and not noncharacter


def test_no_code_point_gets_through_that_could_harm() -> None:
    everything = "".join(f"a{chr(code)}a" for code in range(sys.maxunicode + 1))
    cleaned = clean(everything, len(everything) * 8)
    assert [hex(ord(char)) for char in sorted(set(cleaned)) if not is_safe(char)] == []
    cleaned.encode("utf-8")


def test_no_code_point_gets_through_beside_letters_beyond_ascii() -> None:
    everything = "".join(f"é{chr(code)}é" for code in range(sys.maxunicode + 1))
    cleaned = clean(everything, len(everything) * 8)
    assert [hex(ord(char)) for char in sorted(set(cleaned)) if not is_safe(char)] == []


def test_what_people_write_stays() -> None:
    said = "naïve Straße 日本語 हिन्दी ไทย עִבְרִית 👨\u200d👩\u200d👧 🏴 می\u200cخواهم\tx\ny … “q” €"
    assert clean(said, 1000) == said


@given(text=ANYTHING | SPICY, limit=st.integers(0, 120))
def test_cleaning_twice_changes_nothing_and_never_exceeds_the_limit(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert len(once) <= limit
    assert clean(once, limit) == once
    assert all(is_safe(char) for char in once)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_payloads_are_cleaned(payload: str) -> None:
    cleaned = clean(payload, 500)
    assert len(cleaned) <= 500
    assert all(is_safe(char) for char in cleaned)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;5;196mred\x1b[m", "red"),
        ("\x1b[2J\x1b[1;1Htop", "top"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;ZXZpbA==\x07text", "text"),
        ("\x1bPsome\x1b\\text", "text"),
        ("\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\text", "text"),
        ("\x9b31mred \x9d0;title\x9ctext", "red text"),
        ("\x1b]not closed\nnext line stays", "\nnext line stays"),
        ("\x1b(B\x1b7\x1b=text", "text"),
        ("a\x1b", "a"),
        ("one\r\ntwo\rthree\x0bfour\u2028five", "one\ntwo\nthree\nfour\nfive"),
        ("a\x08\x07\x7fb", "ab"),
        ("a\x00b", "a\ufffdb"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        ("a\u202eb\u2066c", "a⟨U+202E⟩b⟨U+2066⟩c"),
        ("a\u200bb\ufeffc\u00add\U000e0041", "abcd"),
        ("a\u200db", "ab"),
        ("\u200d👩\u200d", "👩"),
    ],
)
def test_each_trick_has_its_end(written: str, shown: str) -> None:
    assert clean(written, 200) == shown


def test_a_letter_carries_few_marks() -> None:
    assert clean("e" + "\u0301" * 10_000 + "!", 100) == "e" + "\u0301" * MAX_MARKS + "!"


def test_what_is_cut_is_counted() -> None:
    cut = clean("x" * 1000, 100)
    assert len(cut) == 100
    kept = cut.index("…")
    assert cut[kept:] == f"… {1000 - kept} characters left out"


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[" * 500_000,
        "\x1b]" * 500_000,
        "\x1b]8;;" + "x" * 1_000_000,
        "\u4e00\u200d" * 500_000,
        "e" + "\u0301" * 1_000_000,
        "://" * 300_000,
        "authorization: bearer " * 50_000,
        "-----BEGIN PRIVATE KEY-----" * 40_000,
        "a" * 4_000_000,
    ],
    ids=range(9),
)
@pytest.mark.timeout(30)
def test_long_text_takes_no_long_time(text: str) -> None:
    tail(text)


def test_tail_keeps_the_last_lines_and_counts_the_others() -> None:
    log = tail("\n".join(f"line {n}" for n in range(100)) + "\n\n\n", lines=3)
    assert log.text == "line 97\nline 98\nline 99"
    assert log.dropped_lines == 97


def test_tail_keeps_to_its_characters_in_whole_lines() -> None:
    log = tail("\n".join(["a" * 40] * 10), lines=80, chars=100)
    assert log.text == "\n".join(["a" * 40] * 2)
    assert log.dropped_lines == 8


def test_tail_shortens_a_line_without_an_end() -> None:
    log = tail("first\n" + "y" * 1_000_000, lines=5)
    assert log.text.startswith("first\nyyy")
    assert log.text.endswith("characters left out")
    assert len(log.text) <= LINE_CHARS + len("first\n")


def test_tail_of_nothing_is_nothing() -> None:
    assert tail("") == tail("\n \n")
    assert tail("").text == ""


@given(text=ANYTHING | SPICY, lines=st.integers(1, 5), chars=st.integers(1, 60))
def test_tail_never_exceeds_what_it_was_given(text: str, lines: int, chars: int) -> None:
    log = tail(text, lines, chars)
    assert len(log.text) <= chars
    assert log.text.count("\n") < lines
    assert log.dropped_lines >= 0


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("postgres://me:s3cret@db:5432/app", "postgres://me:…@db:5432/app"),
        ("https://user:p%40ss@host/x and http://ok/", "https://user:…@host/x and http://ok/"),
        ("redis://:hunter2@cache", "redis://:…@cache"),
        ("Authorization: Bearer eyJhbGciOi.xyz", "Authorization: Bearer eyJh…"),
        ("'authorization': 'Basic dXNlcjpwYXNz'", "'authorization': 'Basic dXNl…'"),
        ("token ghp_0123456789abcdefABCDEF0123456789abcd", "token ghp_…"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA",
            "-----BEGIN RSA PRIVATE KEY----- … -----END RSA",
        ),
        ("http://localhost:8000/a@b", "http://localhost:8000/a@b"),
        ("10:20 user@example.org", "10:20 user@example.org"),
    ],
)
def test_obvious_secrets_are_shortened(written: str, shown: str) -> None:
    assert redact(written) == shown
    assert tail(written).text == shown


def test_what_is_no_secret_stays() -> None:
    for text in ("http://localhost:8000/a@b", "10:20 user@example.org", "Bearer of news"):
        assert redact(text) == text
