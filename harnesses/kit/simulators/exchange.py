"""What a simulated service is asked and what it answers."""

from __future__ import annotations

import json
import shlex
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from grader.domain.evidence import HttpExchange
from grader.domain.text import clean

SHOWN_BODY = 4_000
SHOWN_HEADERS = ("accept", "authorization", "content-type", "user-agent")


@dataclass(frozen=True)
class Request:
    """One request to a simulated service.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Of the service that was asked.
        method: In capitals.
        target: Path and query as they were sent.
        headers: By name in small letters.
        body: What came with it.
    """

    scheme: str
    host: str
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, decoded, without a slash at its end."""
        return unquote(urlsplit(self.target).path).rstrip("/") or "/"

    @property
    def parts(self) -> tuple[str, ...]:
        """The path's segments, each decoded."""
        path = urlsplit(self.target).path
        return tuple(unquote(part) for part in path.split("/") if part)

    @property
    def query(self) -> dict[str, str]:
        """The query's values; of one that is given twice, the last."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """What a simulated service answers.

    Attributes:
        status: The HTTP status.
        body: As it goes over the line.
        headers: Besides length and date.
        after: Seconds before anything is said.
        promised: Length that the header claims, where it is not the body's.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    promised: int | None = None

    @classmethod
    def of(cls, value: Any, status: int = 200, **headers: str) -> Answer:
        """An answer in JSON; underscores in names of headers are hyphens."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        body = json.dumps(value).encode()
        return cls(status, body, {"Content-Type": "application/json; charset=utf-8", **named})


@dataclass(frozen=True)
class Call:
    """A request that came, and what was answered; ``answer`` is None where nothing was."""

    request: Request
    answer: Answer | None

    @property
    def path(self) -> str:
        """The path that was asked for, decoded."""
        return self.request.path

    @property
    def evidence(self) -> HttpExchange:
        """As the report shows it."""
        asked, got = self.request, self.answer
        url = clean(f"{asked.scheme}://{asked.host}{asked.target}", 2_000)
        sent = {name: clean(text, 300) for name, text in asked.headers.items()}
        body = (got.body if got else b"").decode("utf-8", "replace")
        return HttpExchange(
            method=clean(asked.method, 20),
            url=url,
            request_headers={name: sent[name] for name in SHOWN_HEADERS if name in sent},
            curl=f"curl {shlex.quote(url)}",
            status=got.status if got else None,
            response_headers=dict(got.headers) if got else {},
            response_body=clean(body, SHOWN_BODY) if got else None,
            truncated=len(body) > SHOWN_BODY,
            error=None if got else "the service did not answer",
        )


class Script(ABC):
    """How a service behaves; plain data that is sent to the process of the simulators.

    Attributes:
        refuses: Nobody listens where the service should be.
    """

    refuses: ClassVar[bool] = False

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """What the service answers; called from several threads."""
