"""What a task of a load scenario talks to: one of the users that drive the app."""

from __future__ import annotations

import json as jsonlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from grader.domain.evidence import HttpExchange
from grader.domain.text import clean
from harnesses.kit.api import Reply
from harnesses.kit.dialect import Reading
from harnesses.kit.http import Answer, curl_of, path_of
from harnesses.kit.identities import identity
from harnesses.kit.load import words
from harnesses.kit.load.client import Connection, NoAnswer, RawAnswer

SLASH_REDIRECTS = (301, 302, 307, 308)
TOO_MANY_REQUESTS = 429
KEPT_BODY_BYTES = 2_000
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries; without a kind, nothing."""

    text: str = ""
    kind: str = ""


class NotServed(Exception):  # noqa: N818 - says what it is
    """The app did not serve the request; it is counted already, the task ends."""


@dataclass(frozen=True)
class Target:
    """Where the app is and how it says things.

    ``slashes`` remembers, for each path of the scenario, the form with a trailing slash (or
    without) to which the app redirects.
    """

    host: str
    port: int
    reading: Reading
    slashes: dict[str, bool]


@dataclass(frozen=True)
class Measured:
    """One request as it is counted.

    ``problem`` is empty for an answer, one of :mod:`harnesses.kit.load.words` otherwise.
    """

    name: str
    milliseconds: float
    bytes: int
    problem: str = ""


class LoadUser:
    """A user that sends one request at a time.

    ``random`` is the user's own source of randomness: the same for the same seed.
    """

    def __init__(
        self,
        target: Target,
        random: Random,
        count: Callable[[Measured], None],
        number: int = 0,
    ) -> None:
        self.random = random
        self._target = target
        self._count = count
        self._identity = identity(number)
        self._connection = Connection(target.host, target.port)
        self._last = ("", "")
        self.number = number
        self.headers: Mapping[str, str] = {}
        """Sent with each request, such as a token; a task may set them."""
        self.accept = JSON
        """The kind of answer that is asked for."""

    def get(self, path: str, **values: object) -> Reply:
        """Send a GET; see :meth:`request`."""
        return self.request("GET", path, **values)

    def post(self, path: str, json: Any = ..., **values: object) -> Reply:
        """Send a POST; see :meth:`request`."""
        return self.request("POST", path, json=json, **values)

    def put(self, path: str, json: Any = ..., **values: object) -> Reply:
        """Send a PUT; see :meth:`request`."""
        return self.request("PUT", path, json=json, **values)

    def delete(self, path: str, **values: object) -> Reply:
        """Send a DELETE; see :meth:`request`."""
        return self.request("DELETE", path, **values)

    def send_form(self, path: str, fields: Iterable[tuple[str, str]], **values: object) -> Reply:
        """Send a form with POST, as a browser does; see :meth:`request`.

        Args:
            path: Where to.
            fields: Names and values of its fields, in order.
            values: For the names in braces.
        """
        body = Body(urlencode(list(fields)), "application/x-www-form-urlencoded")
        return self._told("POST", path, body, values)

    def request(self, method: str, path: str, *, json: Any = ..., **values: object) -> Reply:
        """Send a request, measure it, and read the answer in the app's dialect.

        Args:
            method: In capitals.
            path: As in the brief, with names in braces: ``/posts/{id}``, ``/posts?term={term}``.
                Requests of the same method and path make one row of the report.
            json: Sent as a JSON body.
            values: For the names in braces; they are quoted.

        Raises:
            NotServed: If no complete answer came, or one with status 500 or above, or 429.
        """
        said = self._target.reading.said(method, path, json)
        body = Body() if said is ... else Body(jsonlib.dumps(said), JSON)
        return self._told(method, path, body, values)

    def disconnect(self) -> None:
        """Close the connection, so that a pause between slices does not outlive it."""
        self._connection.close()

    def in_general(self, message: str) -> str:
        """A message about the last answer, with the path as the scenario spells it."""
        special, general = self._last
        return message.replace(special, general) if special else message

    def _told(self, method: str, path: str, body: Body, values: dict[str, object]) -> Reply:
        reply = self._measure(method, path, body, values)
        if self._learn_slash(path, reply):
            reply = self._measure(method, path, body, values)
        return reply

    def _measure(self, method: str, template: str, body: Body, values: dict[str, object]) -> Reply:
        name = f"{method} {template}"
        reading = self._target.reading
        method, path = self._located(method, template, values)
        self._last = (f"{method} {path}", name)
        started = time.perf_counter()
        try:
            raw = self._connection.exchange(method, self._bytes(method, path, body))
        except NoAnswer as error:
            self._count(Measured(name, _ms_since(started), 0, str(error)))
            raise NotServed from error
        elapsed = _ms_since(started)
        problem = _problem(raw.status)
        self._count(Measured(name, elapsed, len(raw.body), problem))
        if problem:
            raise NotServed
        return Reply(self._answer(method, path, body, raw, elapsed), reading)

    def _located(self, method: str, template: str, values: dict[str, object]) -> tuple[str, str]:
        quoted = {name: quote(str(value), safe="") for name, value in values.items()}
        path, question, query = template.partition("?")
        if template in self._target.slashes:
            path = path.rstrip("/") + ("/" if self._target.slashes[template] else "")
        method, own = self._target.reading.locate(method, path.format(**quoted))
        return method, own + question + query.format(**quoted)

    def _bytes(self, method: str, path: str, body: Body) -> bytes:
        host = f"[{self._target.host}]" if ":" in self._target.host else self._target.host
        payload = body.text.encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {host}:{self._target.port}",
            f"User-Agent: {self._identity}",
            f"Accept: {self.accept}",
            "Connection: keep-alive",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        if body.kind:
            lines.append(f"Content-Type: {body.kind}")
        if body.kind or method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(payload)}")
        return "\r\n".join([*lines, "", ""]).encode("ascii") + payload

    def _learn_slash(self, template: str, reply: Reply) -> bool:
        """Whether the app redirects to the same path with or without a trailing slash.

        Learnt at the first request of a path; from then on the right form is sent at once.
        """
        if reply.status not in SLASH_REDIRECTS:
            return False
        asked = path_of(reply.exchange.url)
        target = path_of(reply.headers.get("location", ""))
        if target.rstrip("/") != asked.rstrip("/") or target == asked:
            return False
        self._target.slashes[template] = target.endswith("/")
        return True

    def _answer(self, method: str, path: str, body: Body, raw: RawAnswer, ms: float) -> Answer:
        url = f"http://localhost:{self._target.port}{path}"
        exchange = HttpExchange(
            method=method,
            url=url,
            request_body=body.text or None,
            curl=curl_of(method, url, self.headers, body.text or None, body.kind == JSON),
            status=raw.status,
            response_body=clean(raw.body[:KEPT_BODY_BYTES].decode("utf-8", "replace"), 2_000),
            truncated=len(raw.body) > KEPT_BODY_BYTES,
            elapsed_ms=ms,
        )
        return Answer(raw.status, raw.headers, raw.body, exchange)


def _problem(status: int) -> str:
    if status == TOO_MANY_REQUESTS:
        return words.LIMITED
    return words.STATUS.format(status=status) if status >= 500 else ""


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
