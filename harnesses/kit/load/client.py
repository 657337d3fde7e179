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


@dataclass(frozen=True)
class RawAnswer:
    """A complete answer, as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Parser(HTTPResponse):
    """An answer while it comes in."""

    fields = 0

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
        try:
            return self._exchange(method, request, time.monotonic() + ANSWER_SECONDS)
        except (OSError, HTTPParseError) as error:
            raise NoAnswer(_why(error)) from error

    def _exchange(self, method: str, request: bytes, deadline: float) -> RawAnswer:
        try:
            connection = self._open(deadline)
            connection.sendall(request)
            parser = _receive(connection, method, deadline)
        except BaseException:
            self.close()
            raise
        if parser.should_close():
            self.close()
        headers = {name.lower(): value for name, value in parser.headers}
        return RawAnswer(parser.get_code(), headers, parser.body)

    def _open(self, deadline: float) -> gevent.socket.socket:
        """The open connection, or a new one where the app has closed it meanwhile."""
        if self._socket is not None and gevent.select.select([self._socket], [], [], 0)[0]:
            self.close()
        if self._socket is None:
            left = deadline - time.monotonic()
            self._socket = gevent.socket.create_connection(self._address, timeout=left)
            self._socket.setsockopt(gevent.socket.IPPROTO_TCP, gevent.socket.TCP_NODELAY, 1)
        return self._socket


def _receive(connection: gevent.socket.socket, method: str, deadline: float) -> _Parser:
    parser = _Parser(method)
    received = 0
    while not parser.done:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        data = connection.recv(CHUNK_BYTES)
        if not data and received == 0:
            raise NoAnswer(words.CLOSED)
        received += len(data)
        parser.feed(data)
        if not data and not parser.done:
            raise NoAnswer(words.CLOSED)
        _check_size(parser, received)
    return parser


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
