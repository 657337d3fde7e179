"""The kit's HTTP client against servers that send too much, or in ways that were not asked for."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harnesses.kit.http import HttpClient, NoAnswer, curl_of
from harnesses.kit.json_body import NotJson, read_json
from harnesses.kit.patience import Patience

LARGE = b"x" * 50_000_000
BODIES = {
    "/plain": ("identity", b"fine"),
    "/gzip": ("gzip", gzip.compress(b"fine")),
    "/deflate": ("deflate", zlib.compress(b"fine")),
    "/bomb": ("gzip", gzip.compress(LARGE)),
    "/unasked": ("br", b"\x00\x01"),
    "/broken": ("gzip", b"no gzip at all"),
}


class Server(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        encoding, body = BODIES[self.path]
        self.send_response(200)
        self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def client() -> Iterator[HttpClient]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made = HttpClient(f"http://127.0.0.1:{server.server_port}", headers={})
    yield made
    made.close()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["/plain", "/gzip", "/deflate"])
def test_bodies_are_unpacked(client: HttpClient, path: str) -> None:
    assert client.request("GET", path).text == "fine"


@pytest.mark.parametrize(
    ("path", "words"),
    [("/bomb", "longer than 4 MiB"), ("/unasked", "unasked"), ("/broken", "cannot be unpacked")],
)
def test_what_is_not_taken(client: HttpClient, path: str, words: str) -> None:
    with pytest.raises(NoAnswer, match=words) as caught:
        client.request("GET", path)
    assert caught.value.exchange.curl.endswith(path)


Answers = Callable[[socket.socket, int], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"


@contextlib.contextmanager
def answering(answer: Answers) -> Iterator[HttpClient]:
    """A client of a server that is given each connection and its number, once a request came."""
    server = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                taken.append(connection)
                connection.recv(65_536)
                answer(connection, len(taken))

    threading.Thread(target=serve, daemon=True).start()
    client = HttpClient(f"http://127.0.0.1:{server.getsockname()[1]}", headers={})
    yield client
    client.close()
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    for connection in taken:
        connection.close()


def test_what_comes_after_an_answer_is_not_the_next_one() -> None:
    def answer(connection: socket.socket, number: int) -> None:
        own = b"%02d" % number
        connection.sendall(OK + own + b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\nevil")

    with answering(answer) as client:
        first, second = client.request("GET", "/a"), client.request("GET", "/b")
    assert (first.text, first.excess) == ("01", True)
    assert (second.status, second.text) == (200, "02")


def test_a_connection_that_was_closed_meanwhile_is_opened_again() -> None:
    def answer(connection: socket.socket, number: int) -> None:
        connection.sendall(OK + b"%02d" % number)
        if number == 1:
            connection.recv(65_536)  # the next request, which it closes on
            connection.close()

    with answering(answer) as client:
        assert client.request("GET", "/a").text == "01"
        assert client.request("GET", "/b").text == "02"


def test_no_cookie_comes_back() -> None:
    seen: list[bytes] = []

    def answer(connection: socket.socket, number: int) -> None:
        head = OK.replace(b"OK\r\n", b"OK\r\nSet-Cookie: a=b\r\n")
        connection.sendall(head + b"%02d" % number)
        seen.append(connection.recv(65_536))
        connection.sendall(OK + b"[]")

    with answering(answer) as client:
        client.request("GET", "/a")
        client.request("GET", "/b")
    assert b"GET /b" in seen[0]
    assert b"ookie" not in seen[0]


def test_two_lengths_are_refused() -> None:
    def answer(connection: socket.socket, _: int) -> None:
        head = OK.replace(b"OK\r\n", b"OK\r\nTransfer-Encoding: chunked\r\n")
        connection.sendall(head + b"2\r\n[]\r\n0\r\n\r\n")

    with answering(answer) as client, pytest.raises(NoAnswer, match="both Content-Length and"):
        client.request("GET", "/a")


@pytest.mark.parametrize("path", ["/a\nb", "/" + "x" * 100_000])
def test_a_path_that_nobody_can_ask_for(client: HttpClient, path: str) -> None:
    with pytest.raises(NoAnswer, match="no request can be sent"):
        client.request("GET", path)


def test_patience_ends_and_comes_back() -> None:
    patience = Patience()

    def wait(target: str) -> float:
        return patience.seconds("GET", target, 10)

    assert wait("/posts/1") == 10
    patience.heard("GET", "/posts/1", silent=True)
    assert (wait("/posts/2"), wait("/posts"), wait("/posts?term=x")) == (3, 10, 10)
    patience.heard("GET", "/posts/2", silent=True)
    assert wait("/posts/3") == 1
    patience.heard("GET", "/posts/3", silent=False)
    assert wait("/posts/4") == 10


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_json(b"\xef\xbb\xbf[-0, 18446744073709551616]") == [0, 2**64]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[NaN]", "NaN is not JSON"),
        (b"[1e999]", "too large"),
        (b"9" * 5_000, "thousands of digits"),
        (b'["\\ud800"]', "surrogate"),
        ("[]".encode("utf-16"), "not UTF-8"),
        (b"[" * 101 + b"]" * 101, "nested deeper"),
        (b"[" * 100_000, "nested deeper"),
    ],
)
def test_what_is_no_json(body: bytes, words: str) -> None:
    with pytest.raises(NotJson, match=words):
        read_json(body)


def test_curl_sends_a_body_that_begins_with_an_at_sign_as_it_is() -> None:
    command = curl_of("POST", "http://localhost/x", {}, "@/etc/passwd", is_json=False)
    assert "--data-raw @/etc/passwd" in command
