"""Reading JSON that an app sent: one reader for every harness, with words for what is no JSON.

Python's own reader takes more than JSON is (NaN, UTF-16) and gives what nobody can send on
(infinity, halves of surrogate pairs). What passes here is a value that every harness, and every
library behind it, can work with.
"""

from __future__ import annotations

import json
import math
from typing import Any

MAX_DEPTH = 100


class NotJson(ValueError):  # noqa: N818 - says what it is
    """The bytes are no JSON that can be read; the text says why, ``syntax`` that it is none."""

    def __init__(self, reason: str, *, syntax: bool = False) -> None:
        super().__init__(reason)
        self.syntax = syntax


def read_json(body: bytes) -> Any:
    """The value in a body. Of fields with the same name the last counts, as everywhere.

    Raises:
        NotJson: If there is none, or one that is nested deeper than :data:`MAX_DEPTH`.
    """
    try:
        # A byte order mark may be ignored (RFC 8259, 8.1).
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotJson("The body is not UTF-8, as JSON has to be") from error
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except NotJson:
        raise
    except RecursionError as error:
        raise NotJson(f"The body is nested deeper than {MAX_DEPTH} levels") from error
    except json.JSONDecodeError as error:
        raise NotJson(f"The body is no JSON: {error}", syntax=True) from error
    except ValueError as error:  # whole numbers beyond sys.get_int_max_str_digits
        raise NotJson("The body holds a number of thousands of digits") from error
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _check_depth(value)
    if rb"\u" in body:
        _check_text(value)
    return value


def _no_constant(name: str) -> float:
    raise NotJson(f"The body is no JSON: {name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise NotJson(f"The body holds a number that is too large: {digits[:40]}")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return
    raise NotJson(f"The body is nested deeper than {MAX_DEPTH} levels")


def _check_text(value: Any) -> None:
    """Escapes can spell half of a surrogate pair, which is no text: UTF-8 cannot carry it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotJson(
            "The body holds half of a surrogate pair, such as \\ud800, which is no character"
        ) from error
