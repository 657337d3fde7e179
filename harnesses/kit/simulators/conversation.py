"""One conversation with whoever connected: a request, an answer, good-bye.

Everything that comes is the learner's program's: it is bounded in size and time.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from email.utils import formatdate
from http import HTTPStatus

import h11

from harnesses.kit.simulators.exchange import Answer, Request

MAX_HEADER = 64 * 1024
MAX_BODY = 1024 * 1024
REQUEST_S = 10.0
GOODBYE_S = 1.0
PIECE = 64 * 1024


class Conversation:
    """One connection.

    Args:
        line: Connected, and through with the handshake of TLS.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEADER)
        self._head_only = False

    def request(self, scheme: str, host: str) -> Request | None:
        """Read the request; None where the other side left, or sends too much.

        Args:
            scheme: How it came.
            host: Whom it was for.

        Raises:
            OSError: If it does not come in time.
            h11.ProtocolError: If it is no HTTP.
        """
        deadline = time.monotonic() + REQUEST_S
        head: h11.Request | None = None
        body = b""
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._receive(deadline)
            elif isinstance(event, h11.Request):
                head = event
                self._head_only = head.method == b"HEAD"
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > MAX_BODY:
                    return None
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return _request(head, body, scheme, host)
            else:
                return None

    def _receive(self, deadline: float) -> None:
        if self._http.they_are_waiting_for_100_continue:
            self._send(h11.InformationalResponse(status_code=100, headers=[]))
        self._line.settimeout(max(deadline - time.monotonic(), 0.001))
        self._http.receive_data(self._line.recv(PIECE))

    def answer(self, answer: Answer) -> None:
        """Send an answer; one that comes late is not sent where nobody waits for it any more.

        Raises:
            OSError: If the other side does not take it.
        """
        if answer.after and self._left_within(answer.after):
            return
        self._line.settimeout(REQUEST_S)
        length = len(answer.body) if answer.promised is None else answer.promised
        headers = {
            "Server": "nginx",
            "Date": formatdate(usegmt=True),
            "Content-Length": str(length),
            "Connection": "close",
            **answer.headers,
        }
        reason = HTTPStatus(answer.status).phrase.encode()
        self._send(
            h11.Response(status_code=answer.status, headers=list(headers.items()), reason=reason)
        )
        if answer.body and not self._head_only:
            self._send(h11.Data(data=answer.body))
        if answer.promised is None:
            self._send(h11.EndOfMessage())
            self._say_goodbye()

    def _send(self, event: h11.Event) -> None:
        self._line.sendall(self._http.send(event) or b"")

    def _left_within(self, seconds: float) -> bool:
        """Wait some seconds; whether the other side left meanwhile."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._line.settimeout(left)
            try:
                if not self._line.recv(PIECE):
                    return True
            except TimeoutError:
                return False
            except OSError:
                return True
        return False

    def _say_goodbye(self) -> None:
        """End as one does, so that nothing of the answer is lost on its way."""
        self._line.settimeout(GOODBYE_S)
        with contextlib.suppress(OSError, ValueError):
            if isinstance(self._line, ssl.SSLSocket):
                self._line.unwrap()
            else:
                self._line.shutdown(socket.SHUT_WR)
                self._line.recv(PIECE)


def _request(head: h11.Request, body: bytes, scheme: str, host: str) -> Request:
    return Request(
        scheme=scheme,
        host=host,
        method=head.method.decode("ascii", "replace").upper(),
        target=head.target.decode("utf-8", "replace"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers},
        body=body,
    )
