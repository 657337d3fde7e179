"""Failures, grouped by cause: one finding however many requests ran into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.domain.evidence import Finding, HttpExchange
from grader.domain.text import clean

MAX_TITLE = 200
MAX_DETAIL = 600
MAX_BODY = 1_500
MAX_HEADERS = 8
MAX_CURL = 2_000


@dataclass(frozen=True)
class Failure:
    """One check failed on one answer.

    Args:
        check: Name of the Schemathesis check.
        operation: Label.
        kind: Failures of the same check, operation and kind have the same cause.
        title: What is wrong, as a sentence without a full stop.
        expected: What would have been right.
        actual: What was there instead.
        detail: Anything else that helps.
    """

    check: str
    operation: str
    kind: str
    title: str
    expected: str = ""
    actual: str = ""
    detail: str = ""


@dataclass
class Group:
    """Failures with one cause, and the smallest exchange that shows it."""

    failure: Failure
    count: int = 0
    exchange: HttpExchange | None = None
    _size: int = field(default=0, repr=False)

    def add(self, failure: Failure, exchange: HttpExchange | None) -> None:
        self.count += 1
        size = _size(exchange)
        if exchange is not None and (self.exchange is None or size < self._size):
            self.exchange, self.failure, self._size = exchange, failure, size

    def finding(self) -> Finding:
        """As evidence: cleaned and capped."""
        failure = self.failure
        detail = "\n".join(
            part
            for part in (
                f"Expected: {failure.expected}" if failure.expected else "",
                f"Got: {failure.actual}" if failure.actual else "",
                failure.detail,
            )
            if part
        )
        return Finding(
            title=clean(failure.title, MAX_TITLE),
            operation=failure.operation,
            detail=clean(detail, MAX_DETAIL),
            occurrences=max(1, self.count),
            exchange=trimmed(self.exchange) if self.exchange else None,
        )


class Findings:
    """All groups of a run, in the order in which their causes were met."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str, str], Group] = {}

    def add(self, failure: Failure, exchange: HttpExchange | None) -> None:
        """Count a failure."""
        key = (failure.check, failure.operation, failure.kind)
        group = self._groups.setdefault(key, Group(failure))
        group.add(failure, exchange)

    def of(self, checks: tuple[str, ...], order: list[str]) -> list[Group]:
        """The groups of some checks, by operation in the given order.

        Two checks can meet the same cause in the same answer, for example an answer that is no
        JSON; then the first check's group stands for both.
        """
        place = {label: index for index, label in enumerate(order)}
        found = [group for key, group in self._groups.items() if key[0] in checks]
        found.sort(key=lambda group: place.get(group.failure.operation, len(place)))
        return list(_without_twins(found))


def _without_twins(groups: list[Group]) -> Iterator[Group]:
    seen: set[tuple[str, str]] = set()
    for group in groups:
        cause = (group.failure.operation, group.failure.title)
        if cause not in seen:
            seen.add(cause)
            yield group


def trimmed(exchange: HttpExchange) -> HttpExchange:
    """An exchange short enough that ten of them fit into one event."""
    body = exchange.response_body
    long = body is not None and len(body) > MAX_BODY
    return exchange.model_copy(
        update={
            "request_headers": dict(list(exchange.request_headers.items())[:MAX_HEADERS]),
            "request_body": _cut(exchange.request_body),
            "response_headers": dict(list(exchange.response_headers.items())[:MAX_HEADERS]),
            "response_body": _cut(body),
            "truncated": exchange.truncated or long,
            "curl": clean(exchange.curl, MAX_CURL),
        }
    )


def _cut(text: str | None) -> str | None:
    return clean(text, MAX_BODY) if text is not None else None


def _size(exchange: HttpExchange | None) -> int:
    if exchange is None:
        return 0
    return len(exchange.url) + len(exchange.request_body or "") + len(exchange.request_headers)
