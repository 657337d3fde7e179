"""A report whose every text can be written in every format, whoever made the report."""

from __future__ import annotations

import math
from typing import Any

from grader.domain.report import Report
from grader.domain.text import clean

MAX_WORDS = 1_000
MAX_VALUE = 4_000
MAX_BLOCK = 20_000
MAX_KEY = 300
# What is longer than a sentence or two by nature; the pages scroll within it.
LENGTHS = {
    "expected": MAX_VALUE,
    "actual": MAX_VALUE,
    "url": MAX_VALUE,
    "curl": MAX_BLOCK,
    "request_body": MAX_BLOCK,
    "response_body": MAX_BLOCK,
    "command": MAX_BLOCK,
    "stdin": MAX_BLOCK,
    "stdout": MAX_BLOCK,
    "stderr": MAX_BLOCK,
    "text": MAX_BLOCK,
    "log": MAX_BLOCK,
}


def safe(report: Report) -> Report:
    """The same report with every text cleaned and every number finite.

    Text is cleaned where it comes in; this is the second lock on the same door, and it is what
    lets a renderer escape for its own format and think of nothing else.
    """
    return Report.model_validate(_safe(report.model_dump()))


def _safe(value: Any, limit: int = MAX_WORDS) -> Any:
    if isinstance(value, str):
        return value if _is_enum(value) else clean(value, limit)
    if isinstance(value, float):
        return value if math.isfinite(value) else 0.0
    if isinstance(value, dict):
        return {
            clean(str(key), MAX_KEY): _safe(item, LENGTHS.get(str(key), MAX_WORDS))
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_safe(item, limit) for item in value]
    return value


def _is_enum(value: str) -> bool:
    return type(value) is not str
