"""An HTTP client for apps that are not trusted: every exchange is bounded and kept as evidence.

Bounds hold on the socket itself, so that a header sent byte by byte or a body without an end
stops them as well: bytes on the wire, bytes after decompression, and one deadline for the whole
exchange. Redirects are never followed here.
"""

from __future__ import annotations

import json as jsonlib
import shlex
import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from grader.domain.evidence import HttpExchange
from grader.domain.text import clean

MAX_WIRE_BYTES = 8 * 1024 * 1024
MAX_BODY_BYTES = 4 * 1024 * 1024
# What is asked for (RFC 9110, 8.4.1): the forms that zlib unpacks, with its name for each.
WINDOW_BITS = {"gzip": 31, "deflate": 15}
KEPT_BODY_CHARS = 4_000
KEPT_HEADERS = 30
KEPT_HEADER_CHARS = 300


@dataclass
class Budget:
    """What one exchange may still use."""

    deadline: float = field(default_factory=lambda: time.monotonic() + 3600)
    wire_bytes: int = MAX_WIRE_BYTES

    def seconds(self) -> float:
        return self.deadline - time.monotonic()


class TooMuch(httpx.HTTPError):
    """The app sent more than an answer may hold."""


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._budget.seconds()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline of the whole exchange passed")
        data = self._inner.read(max_bytes, min(left, timeout or left))
        self._budget.wire_bytes -= len(data)
        if self._budget.wire_bytes < 0:
            raise httpcore.ReadError(f"more than {MAX_WIRE_BYTES} bytes")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = self._budget.seconds()
        if left <= 0:
            raise httpcore.WriteTimeout("the deadline of the whole exchange passed")
        self._inner.write(buffer, min(left, timeout or left))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout)
        return _BoundedStream(inner, self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _BoundedBackend(httpcore.NetworkBackend):
    def __init__(self, budget: Budget) -> None:
        self._inner = httpcore.SyncBackend()
        self._budget = budget

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = max(0.001, self._budget.seconds())
        stream = self._inner.connect_tcp(
            host, port, min(left, timeout or left), local_address, socket_options
        )
        return _BoundedStream(stream, self._budget)


@dataclass(frozen=True)
class Answer:
    """What came back, with the exchange that proves it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    exchange: HttpExchange

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    @property
    def request(self) -> str:
        """The request in a few words, such as ``GET /posts/7``."""
        path = httpx.URL(self.exchange.url).raw_path.decode("ascii", "replace")
        return f"{self.exchange.method} {clean(path, 200)}"


class NoAnswer(Exception):  # noqa: N818 - says what it is
    """No usable answer came; the exchange says why, ``refused`` whether nobody listened."""

    def __init__(self, exchange: HttpExchange, *, refused: bool) -> None:
        super().__init__(exchange.error or "no answer")
        self.exchange = exchange
        self.refused = refused


class HttpClient:
    """Sends requests to one origin.

    Args:
        origin: Such as ``http://127.0.0.1:8000``.
        shown_origin: What evidence shows in its place; a learner's app runs on localhost.
        headers: Sent with each request.
    """

    def __init__(
        self, origin: str, *, shown_origin: str | None = None, headers: Mapping[str, str]
    ) -> None:
        self.origin = origin.rstrip("/")
        self._shown = (shown_origin or origin).rstrip("/")
        self._headers = dict(headers)
        self._budget = Budget()
        transport = httpx.HTTPTransport(retries=0)
        # httpx has no public way to say which network backend its pool uses.
        transport._pool = httpcore.ConnectionPool(
            network_backend=_BoundedBackend(self._budget), max_keepalive_connections=4
        )
        # The budget bounds every read and write; httpx's own limits would end an exchange earlier.
        self._client = httpx.Client(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None),
        )

    def close(self) -> None:
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = ...,
        content: bytes | str | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,
    ) -> Answer:
        """Send one request.

        Args:
            method: In capitals.
            path: Begins with a slash.
            json: Sent as a JSON body, ``None`` included.
            content: Sent as it is, instead of ``json``.
            params: The query.
            headers: Besides the client's own.
            timeout: Seconds for the whole exchange.

        Raises:
            NoAnswer: If no complete answer came within the bounds.
        """
        sent = {"Accept-Encoding": "gzip, deflate", **self._headers, **(headers or {})}
        if json is not ...:
            content = jsonlib.dumps(json)
            sent.setdefault("Content-Type", "application/json")
        request = self._client.build_request(
            method, self.origin + path, params=params, content=content, headers=sent
        )
        body = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        shown = self._shown + request.url.raw_path.decode("ascii", "replace")
        draft = HttpExchange(
            method=method,
            url=shown,
            request_headers={
                k: v for k, v in sent.items() if k not in ("Connection", "Accept-Encoding")
            },
            request_body=clean(body, KEPT_BODY_CHARS) if body is not None else None,
            curl=curl_of(method, shown, headers or {}, body, json is not ...),
        )
        return self._exchange(request, draft, timeout)

    def _exchange(self, request: httpx.Request, draft: HttpExchange, timeout: float) -> Answer:
        self._budget.deadline = time.monotonic() + timeout
        self._budget.wire_bytes = MAX_WIRE_BYTES
        started = time.monotonic()
        try:
            response = self._client.send(request, stream=True)
            try:
                body = _read_body(response)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
            exchange = draft.model_copy(
                update={
                    "error": _words(error, timeout),
                    "elapsed_ms": _ms_since(started),
                }
            )
            refused = isinstance(error, httpx.ConnectError)
            raise NoAnswer(exchange, refused=refused) from error
        text = body.decode("utf-8", "replace")
        headers = {k: clean(v, KEPT_HEADER_CHARS) for k, v in response.headers.items()}
        exchange = draft.model_copy(
            update={
                "status": response.status_code,
                "response_headers": dict(list(headers.items())[:KEPT_HEADERS]),
                "response_body": clean(text, KEPT_BODY_CHARS),
                "truncated": len(text) > KEPT_BODY_CHARS,
                "elapsed_ms": _ms_since(started),
            }
        )
        return Answer(response.status_code, response.headers, body, exchange)


def _read_body(response: httpx.Response) -> bytes:
    """The body, unpacked.

    httpx would unpack each piece whole, however much comes out of it: a few hundred bytes can
    become gigabytes. zlib can be told where to stop.

    Raises:
        TooMuch: If it is longer than it may be.
        httpx.DecodingError: If it is packed in a way that was not asked for, or wrongly.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", *WINDOW_BITS):
        raise httpx.DecodingError(f"the body is packed as {clean(encoding, 40)}, unasked")
    unpacker = zlib.decompressobj(WINDOW_BITS[encoding]) if encoding in WINDOW_BITS else None
    parts: list[bytes] = []
    size = 0
    for piece in response.iter_raw():
        try:
            part = unpacker.decompress(piece, MAX_BODY_BYTES - size + 1) if unpacker else piece
        except zlib.error as error:
            raise httpx.DecodingError(f"the body cannot be unpacked: {error}") from error
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise TooMuch(f"the body is longer than {MAX_BODY_BYTES // 1024 // 1024} MiB")
        parts.append(part)
    return b"".join(parts)


def _ms_since(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)


def _words(error: Exception, timeout: float) -> str:
    """Why no answer came, for a learner."""
    if isinstance(error, httpx.ConnectError):
        return "nothing listens there any more: the connection was refused"
    if isinstance(error, httpx.TimeoutException):
        return f"no complete answer within {timeout:g} s"
    if isinstance(error, httpx.RemoteProtocolError):
        return clean(f"that is not a complete HTTP/1.1 answer: {error}", 300)
    return clean(f"the connection broke: {error}", 300)


def curl_of(
    method: str, url: str, headers: Mapping[str, str], body: str | None, is_json: bool
) -> str:
    """A ``curl`` command line that repeats a request in a POSIX shell."""
    parts = ["curl", "-i"]
    if method == "HEAD":
        parts = ["curl", "-I"]
    elif method != "GET" or body is not None:
        parts += ["-X", method]
    parts.append(shlex.quote(url))
    if is_json and not any(name.lower() == "content-type" for name in headers):
        parts += ["-H", shlex.quote("Content-Type: application/json")]
    for name, value in headers.items():
        parts += ["-H", shlex.quote(f"{name}: {value}")]
    if body is not None:
        parts += ["--data-raw", shlex.quote(clean(body, KEPT_BODY_CHARS))]
    return " ".join(parts)
