"""The kit's HTTP client against servers that send too much, or in ways that were not asked for."""

from __future__ import annotations

import gzip
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harnesses.kit.http import HttpClient, NoAnswer, curl_of

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


def test_curl_sends_a_body_that_begins_with_an_at_sign_as_it_is() -> None:
    command = curl_of("POST", "http://localhost/x", {}, "@/etc/passwd", is_json=False)
    assert "--data-raw @/etc/passwd" in command
