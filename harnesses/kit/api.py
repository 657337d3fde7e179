"""What a check talks to: an HTTP API, in whichever of the accepted readings it answers."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from grader.domain.evidence import HttpExchange
from grader.domain.text import clean
from harnesses.kit.dialect import NO_SUCH_ROUTE, Reading
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.http import EXCESS, Answer, HttpClient, NoAnswer, path_of
from harnesses.kit.json_body import NotJson, read_json

TIMEOUT_S = 10.0
MAX_RATE_LIMIT_WAIT_S = 61.0
TOO_MANY_REQUESTS = 429


class Reply:
    """An answer, read in the app's dialect."""

    def __init__(self, answer: Answer, reading: Reading, path: str = "") -> None:
        self._answer = answer
        self._reading = reading
        self._path = path

    @property
    def status(self) -> int:
        return self._answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._answer.headers

    @property
    def text(self) -> str:
        return self._answer.text

    @property
    def request(self) -> str:
        """The request in a few words, such as ``GET /posts/7``."""
        return self._answer.request

    @property
    def exchange(self) -> HttpExchange:
        return self._answer.exchange

    @property
    def looked_for(self) -> str:
        """Where nothing serves what was asked for: the forms that were tried, as the end of a
        sentence."""
        forms = self._reading.not_found(self._path) if self._path else ()
        missing = forms and self.status in NO_SUCH_ROUTE
        return f" (looked for {', '.join(forms)})" if missing else ""

    def json(self) -> Any:
        """The body as JSON, as it came.

        Raises:
            CheckFailed: If it is none, or none that can be read; the check then says why.
        """
        try:
            return read_json(self._answer.body)
        except NotJson as error:
            # What is there instead of JSON, such as a page, says more than where it begins.
            found = self.text[:200] or "an empty body"
            raise CheckFailed(
                f"{self.request} did not answer with JSON",
                expected="a JSON body",
                actual=found if error.syntax else str(error),
                exchange=self.exchange,
            ) from error

    def record(self) -> dict[str, Any]:
        """The resource in the body: out of its envelope, with the brief's field names.

        Raises:
            CheckFailed: If the body holds no JSON object.
        """
        value = self._reading.unwrap(self.json())
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            raise CheckFailed(
                f"{self.request} did not answer with a JSON object",
                expected="a JSON object",
                actual=self.text[:200],
                exchange=self.exchange,
            )
        return self._reading.canonical(value)

    def records(self) -> list[dict[str, Any]]:
        """The list in the body: out of its envelope, each with the brief's field names.

        Raises:
            CheckFailed: If the body holds no list of JSON objects.
        """
        value = self._reading.unwrap_list(self.json() if self._answer.body else None)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise CheckFailed(
                f"{self.request} did not answer with a list of JSON objects",
                expected="a JSON array of objects",
                actual=self.text[:200],
                exchange=self.exchange,
            )
        return [self._reading.canonical(item) for item in value]

    def field(self, name: str) -> Any:
        """One field of the resource, by the brief's name or an accepted other one.

        Raises:
            CheckFailed: If it is not there; the message names the names that were looked for.
        """
        record = self.record()
        if name not in record:
            raise CheckFailed(
                f"the answer to {self.request} has no “{name}”",
                expected=f"a field “{name}”{self._also(name)}",
                actual=f"fields {', '.join(list(record)[:20]) or '(none)'}",
                exchange=self.exchange,
            )
        return record[name]

    def _also(self, name: str) -> str:
        aliases = self._reading.dialect.aliases.get(name, ())
        return f" (also accepted: {', '.join(aliases[:4])})" if aliases else ""


@dataclass
class _Line:
    """The connection, which those who act for different people share."""

    client: HttpClient


class Api:
    """The app's HTTP API. Paths are those of the brief; the base path is added.

    Redirects that only add or remove a trailing slash are followed with method and body kept
    (RFC 9110, 15.4, lets a client change POST into GET on 301); others are the check's business.
    """

    def __init__(self, client: HttpClient, reading: Reading) -> None:
        self._line = _Line(client)
        self._own_headers: Mapping[str, str] = {}
        self.reading = reading
        self.exchanges: list[HttpExchange] = []

    def acting(self, headers: Mapping[str, str]) -> Self:
        """The same API for somebody: these headers go with each request."""
        other = copy.copy(self)
        other._own_headers = dict(headers)
        return other

    def use(self, client: HttpClient) -> None:
        """Send further requests through this client: the app listens elsewhere now."""
        self._line.client = client

    def assume(self, text: str) -> None:
        """Tell the learner, once, which reading of the brief the checks have chosen for the app.

        It costs nothing.

        Args:
            text: A sentence without a full stop, such as ``Posts are changed with PATCH``.
        """
        self.reading.say(text)

    def get(self, path: str, **kwargs: Any) -> Reply:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Reply:
        return self.request("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Reply:
        return self.request("PUT", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> Reply:
        return self.request("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Reply:
        return self.request("DELETE", path, **kwargs)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = ...,
        content: bytes | str | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT_S,
    ) -> Reply:
        """Send one request and keep it as evidence.

        Args:
            method: In capitals.
            path: As in the brief, for example ``/posts/7``.
            json: Sent as JSON, ``None`` included.
            content: Sent as it is, instead of ``json``.
            params: The query.
            headers: Further headers.
            timeout: Seconds for the whole exchange.

        Raises:
            CheckFailed: If no complete HTTP answer came in time.
            Undecidable: If the app refuses for too many requests, and still does after a pause.
        """
        options: dict[str, Any] = {
            "json": self.reading.said(method, path, json),
            "content": content,
            "params": params,
            "headers": {**self._own_headers, **(headers or {})},
            "timeout": timeout,
        }
        brief = path
        method, full = self.reading.locate(method, path)
        answer = self._send(method, full, options)
        other = _slash_twin(answer, full)
        if other is not None:
            answer = self._send(method, other, options)
        if answer.status == TOO_MANY_REQUESTS:
            answer = self._after_pause(answer, method, other or full, options)
        return Reply(answer, self.reading, brief)

    def _send(self, method: str, path: str, options: dict[str, Any]) -> Answer:
        try:
            answer = self._line.client.request(method, path, **options)
        except NoAnswer as error:
            self.exchanges.append(error.exchange)
            raise CheckFailed(
                f"{method} {_on_one_line(path)} got no answer",
                expected="an HTTP answer",
                actual=str(error),
                exchange=error.exchange,
            ) from error
        self.exchanges.append(answer.exchange)
        if answer.excess:
            self.reading.say(EXCESS)
        return answer

    def _after_pause(
        self, answer: Answer, method: str, path: str, options: dict[str, Any]
    ) -> Answer:
        """Once more after the pause that the app asks for; a rate limit never costs a point."""
        asked = answer.headers.get("retry-after", "")
        pause = min(float(asked) if asked.isdigit() else 5.0, MAX_RATE_LIMIT_WAIT_S)
        self.reading.say("Your app limits the rate of requests; the checks waited for it")
        time.sleep(pause)
        again = self._send(method, path, options)
        if again.status == TOO_MANY_REQUESTS:
            raise Undecidable(f"{again.request} was refused for too many requests")
        return again


def _on_one_line(path: str) -> str:
    """A path that may hold what the app sent, such as an id."""
    return " ".join(clean(path, 200).split())


def _slash_twin(answer: Answer, path: str) -> str | None:
    """Where a redirect leads that only adds or removes the trailing slash."""
    if answer.status not in (301, 302, 307, 308):
        return None
    target = path_of(answer.headers.get("location", ""))
    same = target.rstrip("/") == path.split("?")[0].rstrip("/")
    return target if same and target != path else None


def poll(read: Any, wanted: Any, *, seconds: float = 3.0, pause: float = 0.1) -> Any:
    """Read again and again until the wanted value is there or the time is over.

    For effects that an app may have later, such as counters.

    Args:
        read: Called without arguments.
        wanted: The value to wait for.
        seconds: How long.
        pause: Seconds between two readings.

    Returns:
        What was read last.
    """
    deadline = time.monotonic() + seconds
    value = read()
    while value != wanted and time.monotonic() < deadline:
        time.sleep(pause)
        value = read()
    return value
