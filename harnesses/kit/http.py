"""An HTTP client for apps that are not trusted: every exchange is bounded and kept as evidence.

Bounds hold on the socket itself, so that a header sent byte by byte or a body without an end
stops them as well: bytes on the wire, bytes after decompression, and one deadline for the whole
exchange. Redirects are never followed here, and no cookie is kept.
"""

from __future__ import annotations

import json as jsonlib
import re
import shlex
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from grader.domain.evidence import HttpExchange
from grader.domain.text import clean
from harnesses.kit.patience import Patience

MAX_WIRE_BYTES = 8 * 1024 * 1024
MAX_BODY_BYTES = 4 * 1024 * 1024
MAX_HEAD_BYTES = 512 * 1024
"""Until the header is complete, with all 1xx answers that come before it."""
MAX_FIELDS = 200
# What is asked for (RFC 9110, 8.4.1): the forms that zlib unpacks, with its name for each.
WINDOW_BITS = {"gzip": 31, "deflate": 15}
KEPT_BODY_CHARS = 4_000
KEPT_HEADERS = 30
KEPT_HEADER_CHARS = 300
KEPT_URL_CHARS = 2_000
KEPT_BEGIN_BYTES = 60
_BYTES = re.compile(r"bytearray\(b(.*?)\)(?=$| \()", re.DOTALL)
_NOTHING = "Server disconnected without sending a response"
_PARSERS_WORDS = {
    "illegal request line": "illegal status line",
    "Receive buffer too long": "a line or a header of more than 100 KB",
    "Received server _SWITCH_UPGRADE event without a pending proposal": (
        "it switches to another protocol (101), which was not asked for"
    ),
}
EXCESS = (
    "Your app sends more bytes than its answers hold (a Content-Length that is too small, or a body"
    " where the status allows none); they were ignored"
)
"""Told once where :attr:`Answer.excess` is set."""


@dataclass
class Budget:
    """What one exchange may still use; ``opened`` counts connections."""

    deadline: float = field(default_factory=lambda: time.monotonic() + 3600)
    allowed: int = MAX_HEAD_BYTES
    received: int = 0
    begin: bytes = b""
    opened: int = 0

    def seconds(self) -> float:
        return self.deadline - time.monotonic()

    def renew(self, seconds: float) -> None:
        """Begin the next exchange."""
        self.deadline = time.monotonic() + seconds
        self.allowed = MAX_HEAD_BYTES
        self.received = 0
        self.begin = b""


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
        self._budget.received += len(data)
        if len(self._budget.begin) < KEPT_BEGIN_BYTES:
            self._budget.begin += data[:KEPT_BEGIN_BYTES]
        if self._budget.received > self._budget.allowed:
            head = self._budget.allowed == MAX_HEAD_BYTES
            raise httpcore.ReadError(
                "its header did not end within 512 KiB"
                if head
                else f"the app sent more than {_mebibytes(MAX_WIRE_BYTES)}"
            )
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
        self._budget.opened += 1
        stream = self._inner.connect_tcp(
            host, port, min(left, timeout or left), local_address, socket_options
        )
        return _BoundedStream(stream, self._budget)


@dataclass(frozen=True)
class Answer:
    """What came back, with the exchange that proves it.

    ``excess`` says that the app sent more than the answer. Whoever reads on would take the rest
    for the answer to the next request.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    exchange: HttpExchange
    excess: bool = False

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
        headers: Sent with each request; they may be changed between two of them.
        tls: Whom an ``https`` origin has to be certified by.
        preceded_by: What was done before the first request; its evidence says so.
    """

    def __init__(
        self,
        origin: str,
        *,
        shown_origin: str | None = None,
        headers: Mapping[str, str],
        tls: ssl.SSLContext | None = None,
        preceded_by: str = "",
    ) -> None:
        self.origin = origin.rstrip("/")
        self._shown = (shown_origin or origin).rstrip("/")
        self.headers = dict(headers)
        self._preceded_by = preceded_by
        self._budget = Budget()
        self._patience = Patience()
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            network_backend=_BoundedBackend(self._budget),
            max_keepalive_connections=4,
        )
        # Not httpx.Client: it keeps every cookie that an app sets, and sends them all back. The
        # budget bounds every read and write, so that no time-outs are set here. The context is that
        # of a pool which is replaced; the usual one reads all root certificates, in 20 ms.
        unused = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._transport = httpx.HTTPTransport(verify=unused, retries=0)
        # httpx has no public way to say which network backend its pool uses.
        self._transport._pool = self._pool

    def close(self) -> None:
        self._transport.close()

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
        sent = {"Accept-Encoding": "gzip, deflate", **self.headers, **(headers or {})}
        if json is not ...:
            content = jsonlib.dumps(json)
            sent.setdefault("Content-Type", "application/json")
        body = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
        draft = HttpExchange(
            method=method,
            url=clean(self._shown + path, KEPT_URL_CHARS),
            request_headers={
                k: v for k, v in sent.items() if k not in ("Connection", "Accept-Encoding")
            },
            request_body=clean(body, KEPT_BODY_CHARS) if body is not None else None,
            curl="",
            preceded_by=self._preceded_by,
        )
        self._preceded_by = ""
        try:
            request = httpx.Request(
                method, self.origin + path, params=params, content=content, headers=sent
            )
            target = request.url.raw_path.decode("ascii", "replace")
        except (httpx.InvalidURL, ValueError) as error:
            # Paths hold what the app answered, such as an id.
            wrong = {"error": clean(f"no request can be sent to this path: {error}", 300)}
            raise NoAnswer(draft.model_copy(update=wrong), refused=False) from error
        shown = self._shown + target
        curl = curl_of(method, shown, headers or {}, body, json is not ...)
        draft = draft.model_copy(update={"url": shown, "curl": curl})
        waited = self._patience.seconds(method, target, timeout)
        try:
            answer = self._exchange(request, draft, waited)
        except NoAnswer as error:
            silent = isinstance(error.__cause__, httpx.TimeoutException)
            self._patience.heard(method, target, silent=silent)
            raise
        self._patience.heard(method, target, silent=False)
        return answer

    def _exchange(self, request: httpx.Request, draft: HttpExchange, timeout: float) -> Answer:
        self._budget.renew(timeout)
        started = time.monotonic()
        response = None
        try:
            response = self._send(request)
            self._budget.allowed = MAX_WIRE_BYTES
            excess = self._bytes_after()
            try:
                _check_header(response)
                body = _read_body(response)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.StreamError, ValueError) as error:
            came = _what_came(response, self._budget)
            exchange = draft.model_copy(
                update={
                    "error": _words(error, timeout, came),
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
        return Answer(response.status_code, response.headers, body, exchange, excess())

    def _send(self, request: httpx.Request) -> httpx.Response:
        """Send a request and wait for the header of its answer.

        An app may close a connection that it keeps open just when a request is on its way
        (RFC 9112, 9.3.1): every client asks again then, on a new connection.
        """
        opened = self._budget.opened
        try:
            return self._transport.handle_request(request)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if self._budget.received or self._budget.opened > opened:
                raise
            return self._transport.handle_request(request)

    def _bytes_after(self) -> Callable[[], bool]:
        """Whether bytes came after the answer; to be called when it has been read.

        They are still in the parser of the connection, which is closed then: the next request on
        it would be answered with them.
        """
        # One request is sent at a time, so one connection is in use; httpcore does not say which.
        busy = [one for one in self._pool.connections if not one.is_idle()]

        def excess() -> bool:
            after = [one for one in busy if _unread(one)]
            for connection in after:
                connection.close()
            return bool(after)

        return excess


def _unread(connection: Any) -> bool:
    """Whether the parser of a connection holds bytes of no answer."""
    parser = getattr(getattr(connection, "_connection", None), "_h11_state", None)
    return parser is not None and bool(parser.trailing_data[0])


def _check_header(response: httpx.Response) -> None:
    """Refuse what other clients of HTTP refuse, or would read differently.

    Raises:
        TooMuch: If it has more fields than anybody needs.
        httpx.RemoteProtocolError: If it says twice, and differently, where the body ends.
    """
    if len(response.headers.raw) > MAX_FIELDS:
        raise TooMuch(f"the answer has more than {MAX_FIELDS} header fields")
    if "content-length" in response.headers and "transfer-encoding" in response.headers:
        raise httpx.RemoteProtocolError(
            "it has both Content-Length and Transfer-Encoding (RFC 9112, 6.2)"
        )


def _what_came(response: httpx.Response | None, budget: Budget) -> str:
    """How far an answer got that was not complete."""
    if not budget.received:
        return "nothing came"
    if response is None:
        begin = ascii(budget.begin[:KEPT_BEGIN_BYTES].decode("latin-1"))
        return f"of its header came {budget.received} bytes, which begin with {begin}"
    length = response.headers.get("content-length", "")
    if length.isdigit():
        return f"its header promises a body of {length[:20]} bytes, which did not all come"
    return "its header came, but its body did not end"


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
    size = packed = 0
    # Not iter_raw: it closes the response, and a connection that is kept takes the next request.
    assert isinstance(response.stream, httpx.SyncByteStream)
    for piece in response.stream:
        packed += len(piece)
        try:
            part = unpacker.decompress(piece, MAX_BODY_BYTES - size + 1) if unpacker else piece
        except zlib.error as error:
            raise httpx.DecodingError(f"the body cannot be unpacked: {error}") from error
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise TooMuch(f"the body is longer than {_mebibytes(MAX_BODY_BYTES)}")
        parts.append(part)
    if unpacker and packed and not unpacker.eof:
        raise httpx.DecodingError("the body cannot be unpacked: it is cut off")
    return b"".join(parts)


def _mebibytes(count: int) -> str:
    return f"{count // 1024 // 1024} MiB"


def _ms_since(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)


def _words(error: Exception, timeout: float, came: str) -> str:
    """Why no answer came, for a learner."""
    if isinstance(error, httpx.ConnectError):
        return "nothing listens there any more: the connection was refused"
    if isinstance(error, httpx.TimeoutException):
        return f"no complete answer within {timeout:g} s: {came}"
    if isinstance(error, TooMuch | httpx.DecodingError):
        return clean(str(error), 300)
    if isinstance(error, httpx.RemoteProtocolError):
        text = _plain(str(error))
        if _NOTHING in text:
            return f"the connection was closed before the answer was complete: {came}"
        return clean(f"that is not a complete HTTP/1.1 answer: {text}", 300)
    return clean(f"the connection broke: {error}", 300)


def _plain(text: str) -> str:
    """What the HTTP parser says, in words that do not need its source."""
    text = _BYTES.sub(r"\1", text)
    for theirs, ours in _PARSERS_WORDS.items():
        text = text.replace(theirs, ours)
    return text


def path_of(url: str) -> str:
    """The path of an address that an app sent, such as a Location; empty where it is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


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
