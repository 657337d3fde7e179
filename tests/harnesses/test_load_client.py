"""The connection of the load harness: what comes after an answer belongs to no answer."""

from __future__ import annotations

import pytest

from harnesses.kit.load.client import _Parser

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"


@pytest.mark.parametrize(
    "extra", [b"HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\nevil", b"not HTTP", b"[1]"]
)
def test_bytes_after_an_answer_end_the_connection(extra: bytes) -> None:
    parser = _Parser("GET")
    parser.feed(OK + extra)
    assert parser.done
    assert (parser.get_code(), parser.body) == (200, b"[]")
    assert parser.should_close()


def test_interim_answers_come_before_the_answer() -> None:
    parser = _Parser("GET")
    parser.feed(b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + OK)
    assert parser.done
    assert (parser.get_code(), parser.body) == (200, b"[]")
    assert not parser.should_close()
