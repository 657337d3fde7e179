"""One HTTP/1.1 connection to an app that is not trusted, light enough for load.

Locust's own clients put no bound on an answer: neither on its length, nor on its header, nor on
the time until its last byte; they follow redirects, keep cookies and unpack compressed bodies.
This one uses the parser of Locust's ``FastHttpUser`` (llhttp, through geventhttpclient) on a plain
socket and does none of that. What it costs is in ``docs/authors/load.md``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import gevent.select
import gevent.socket
from geventhttpclient.response import HTTPParseError, HTTPResponse

from harnesses.kit.load import words

ANSWER_SECONDS = 5.0
MAX_ANSWER_BYTES = 2 * 1024 * 1024
MAX_HEADER_BYTES = 64 * 1024
MAX_FIELDS = 200
CHUNK_BYTES = 64 * 1024


class NoAnswer(Exception):  # noqa: N818 - says what it is
    """No complete answer came; the text is one of :mod:`harnesses.kit.load.words`."""


class _Unanswered(NoAnswer):
    """The connection was closed before the first byte of an answer."""


@dataclass(frozen=True)
class RawAnswer:
    """A complete answer, as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Parser(HTTPResponse):
    """An answer while it comes in; bytes that come after it end the connection."""

    fields = 0
    excess = False

    def feed(self, data: str | bytes) -> None:
        try:
            super().feed(data)
        except HTTPParseError:
            if not self.excess:
                raise

    def _on_message_begin(self) -> None:
        """Called for what comes after an answer as well: it would be mixed with the answer."""
        if self.done:
            self.excess = True
            raise HTTPParseError("bytes after the answer")
        super()._on_message_begin()

    def _flush_header(self) -> None:
        """Called for each field, those of a trailer included."""
        self.fields += 1
        if self.fields > MAX_FIELDS:
            raise NoAnswer(words.TOO_MANY_HEADERS)
        super()._flush_header()

    @property
    def headers_done(self) -> bool:
        """Those of the final answer: 1xx answers come before it (RFC 9110, 15.2)."""
        return bool(self.headers_complete and self.get_code() >= 200)

    @property
    def done(self) -> bool:
        return self.headers_done and bool(self.message_complete)

    @property
    def body(self) -> bytes:
        return bytes(self._body_buffer)


class Connection:
    """Sends requests one after the other and keeps the connection open between them.

    Args:
        host: An IP address.
        port: A TCP port.
    """

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: gevent.socket.socket | None = None

    def close(self) -> None:
        """Let go of the connection; the next request opens another one."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
            self._socket = None

    def exchange(self, method: str, request: bytes) -> RawAnswer:
        """Send a request and wait for the whole answer.

        Args:
            method: The method in the request; the answer to HEAD has no body.
            request: Start line, header and body.

        Raises:
            NoAnswer: If no complete answer came within the bounds.
        """
        deadline = time.monotonic() + ANSWER_SECONDS
        self._drop_if_closed()
        reused = self._socket is not None
        try:
            return self._exchange(method, request, deadline)
        except _Unanswered:
            # An app may close a connection that it keeps open just when a request is on its way
            # (RFC 9112, 9.3.1): every client asks again then, on a new connection.
            if not reused:
                raise
            return self._exchange(method, request, deadline)

    def _exchange(self, method: str, request: bytes, deadline: float) -> RawAnswer:
        try:
            connection = self._open(deadline)
            parser = _receive(connection, method, request, deadline)
        except BaseException as error:
            self.close()
            if isinstance(error, OSError | HTTPParseError):
                raise NoAnswer(_why(error)) from error
            raise
        if parser.should_close():
            self.close()
        headers = {name.lower(): value for name, value in parser.headers}
        return RawAnswer(parser.get_code(), headers, parser.body)

    def _drop_if_closed(self) -> None:
        """An idle connection has nothing to read, unless the app has closed it."""
        if self._socket is not None and gevent.select.select([self._socket], [], [], 0)[0]:
            self.close()

    def _open(self, deadline: float) -> gevent.socket.socket:
        if self._socket is None:
            left = max(0.001, deadline - time.monotonic())
            self._socket = gevent.socket.create_connection(self._address, timeout=left)
            self._socket.setsockopt(gevent.socket.IPPROTO_TCP, gevent.socket.TCP_NODELAY, 1)
        return self._socket


def _receive(
    connection: gevent.socket.socket, method: str, request: bytes, deadline: float
) -> _Parser:
    parser = _Parser(method)
    received = 0
    data = _first_bytes(connection, request, deadline)
    while True:
        received += len(data)
        parser.feed(data)
        if parser.done:
            return parser
        if not data:
            raise NoAnswer(words.CLOSED)
        _check_size(parser, received)
        data = _more_bytes(connection, deadline)


def _first_bytes(connection: gevent.socket.socket, request: bytes, deadline: float) -> bytes:
    try:
        connection.sendall(request)
        data = _more_bytes(connection, deadline)
    except (ConnectionResetError, BrokenPipeError) as error:
        raise _Unanswered(words.CLOSED) from error
    if not data:
        raise _Unanswered(words.CLOSED)
    return data


def _more_bytes(connection: gevent.socket.socket, deadline: float) -> bytes:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
    return bytes(connection.recv(CHUNK_BYTES))


def _check_size(parser: _Parser, received: int) -> None:
    if not parser.headers_done and received > MAX_HEADER_BYTES:
        raise NoAnswer(words.TOO_MANY_HEADERS)
    if received > MAX_ANSWER_BYTES:
        raise NoAnswer(words.TOO_LONG.format(mebibytes=MAX_ANSWER_BYTES // 1024 // 1024))


def _why(error: OSError | HTTPParseError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return words.REFUSED
    if isinstance(error, TimeoutError):
        return words.TOO_SLOW.format(seconds=ANSWER_SECONDS)
    if isinstance(error, HTTPParseError) and "Incomplete" not in str(error):
        return words.NO_HTTP
    return words.CLOSED
