"""Ways in which any service can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from harnesses.kit.simulators.exchange import Answer, Request, Script

FOREVER_S = 120.0
MALFORMED = b'{"message": "Everything is fi'
PAGE = b"<!DOCTYPE html><html><body><h1>Back in a minute</h1></body></html>"


@dataclass(frozen=True)
class Always(Script):
    """Answers everything in the same way."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer:
        del request
        return Answer(self.status, self.body, self.headers)


@dataclass(frozen=True)
class Malformed(Script):
    """Answers 200 with something that is no JSON: the page of a proxy, or half an object."""

    page: bool = False

    def answer(self, request: Request) -> Answer:
        del request
        if self.page:
            return Answer(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})
        return Answer(200, MALFORMED, {"Content-Type": "application/json; charset=utf-8"})


@dataclass(frozen=True)
class CutOff(Script):
    """Begins a good answer and hangs up in the middle."""

    def answer(self, request: Request) -> Answer:
        del request
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return Answer(200, MALFORMED, headers, promised=4 * len(MALFORMED))


@dataclass(frozen=True)
class Slow(Script):
    """Answers as another script does, after some seconds; without one, never."""

    script: Script | None = None
    seconds: float = FOREVER_S

    def answer(self, request: Request) -> Answer:
        late = self.script.answer(request) if self.script else Answer(504)
        return Answer(late.status, late.body, late.headers, after=self.seconds)


@dataclass(frozen=True)
class Refused(Script):
    """Nobody listens: connections are refused, as where there is no network."""

    refuses: ClassVar[bool] = True

    def answer(self, request: Request) -> Answer:
        raise AssertionError(f"nobody can have asked for {request.target}")
