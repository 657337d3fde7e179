"""A small app for tests of the load harness: ``python load_app.py MODE``.

It keeps things in memory: POST /things makes one, GET /things/{id} shows it and counts,
GET /things/{id}/stats shows the count. MODE is the way in which it is good or bad. The first line
it prints is the port it listens on.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HUGE = 50 * 1024 * 1024
ITEM_SECONDS = 0.0005


class Store:
    """Things, and what the bad modes share between requests."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.things: dict[str, dict[str, Any]] = {}
        self.served = itertools.count(1)
        self.current = ""

    def make(self, name: Any) -> dict[str, Any]:
        with self.lock:
            key = str(len(self.things) + 1)
            self.things[key] = {"id": key, "name": name, "count": 0}
            return self.things[key]


STORE = Store()


class App(BaseHTTPRequestHandler):
    """The good app. Subclasses change one thing each."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    prefix = ""

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        if self.begin(next(STORE.served)):
            if self.path == self.prefix + "/things":
                self.answer(201, STORE.make(body.get("name")))
            else:
                self.answer(404, {"message": "no such route"})

    def do_GET(self) -> None:
        if not self.begin(next(STORE.served)):
            return
        key, _, rest = self.path.removeprefix(self.prefix + "/things/").partition("/")
        thing = STORE.things.get(key)
        if thing is None:
            self.answer(404, {"message": "no such thing"})
        elif rest == "stats":
            self.answer(200, thing)
        else:
            self.show(thing)

    def begin(self, served: int) -> bool:
        """Called before each request is served; whether to go on."""
        return True

    def show(self, thing: dict[str, Any]) -> None:
        with STORE.lock:
            thing["count"] += 1
        self.answer(200, {"id": thing["id"], "name": thing["name"]})

    def answer(self, status: int, value: Any, **headers: str) -> None:
        self.answer_bytes(status, json.dumps(value).encode(), **headers)

    def answer_bytes(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(body)


class Enveloped(App):
    """Prefix, envelope, other case."""

    prefix = "/api/v1"

    def answer(self, status: int, value: Any, **headers: str) -> None:
        renamed = {"Name" if name == "name" else name: text for name, text in value.items()}
        super().answer(status, {"data": renamed} if status < 300 else value, **headers)


class Slashed(App):
    """Redirects to the form with a slash at the end."""

    def do_GET(self) -> None:
        self.redirect_or(super().do_GET)

    def do_POST(self) -> None:
        self.redirect_or(super().do_POST)

    def redirect_or(self, serve: Any) -> None:
        if self.path.endswith("/"):
            self.path = self.path.rstrip("/")
            serve()
        else:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.answer(307, {}, Location=self.path + "/")


class Closing(App):
    """A connection for each request, closed without notice."""

    def answer_bytes(self, status: int, body: bytes, **headers: str) -> None:
        super().answer_bytes(status, body, **headers)
        self.close_connection = True


class Sleepy(App):
    """Sleeps in each look-up."""

    def show(self, thing: dict[str, Any]) -> None:
        time.sleep(0.3)
        super().show(thing)


class Scanning(App):
    """Looks at every thing to find one."""

    def show(self, thing: dict[str, Any]) -> None:
        until = time.thread_time() + ITEM_SECONDS * len(STORE.things)
        while time.thread_time() < until:
            pass
        super().show(thing)


class Failing(App):
    """Every fifth look-up ends in a server error."""

    def show(self, thing: dict[str, Any]) -> None:
        if next(STORE.served) % 5 == 0:
            self.answer(500, {"message": "oops"})
        else:
            super().show(thing)


class Mixed(App):
    """Keeps what belongs to a request in a variable that all requests share."""

    def show(self, thing: dict[str, Any]) -> None:
        STORE.current = thing["id"]
        time.sleep(0.005)
        super().show(STORE.things[STORE.current])


class Forgetful(App):
    """Counts in two steps, so that counts get lost."""

    def show(self, thing: dict[str, Any]) -> None:
        count = thing["count"]
        time.sleep(0.005)
        thing["count"] = count + 1
        self.answer(200, {"id": thing["id"], "name": thing["name"]})


class Nameless(App):
    """Shows things without their name, with or without load."""

    def answer(self, status: int, value: Any, **headers: str) -> None:
        shown = {name: text for name, text in value.items() if name != "name"}
        super().answer(status, shown, **headers)


class Early(App):
    """Right for its first requests; later each look-up shows the newest thing."""

    def show(self, thing: dict[str, Any]) -> None:
        late = next(STORE.served) > 200
        super().show(STORE.things[str(len(STORE.things))] if late else thing)


class Refusing(App):
    """Right for its first requests; later nothing can be made."""

    def begin(self, served: int) -> bool:
        refused = served > 100 and self.command == "POST"
        if refused:
            self.answer(404, {"message": "no such thing"})
        return not refused


class Worn(App):
    """Wrong under load, and from then on it only fails."""

    def show(self, thing: dict[str, Any]) -> None:
        served = next(STORE.served)
        if served > 300:
            self.answer(500, {"message": "too many open files"})
        elif served > 250:
            super().show(STORE.things["1"])
        else:
            super().show(thing)


class Dying(App):
    """Ends after a while."""

    def begin(self, served: int) -> bool:
        if served > 120:
            os._exit(3)
        return True


class Huge(App):
    """Answers look-ups with far too much."""

    def show(self, thing: dict[str, Any]) -> None:
        self.answer_bytes(200, b" " * HUGE)


class Endless(App):
    """Begins an answer whose header never ends."""

    def show(self, thing: dict[str, Any]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.wfile.write(b"X-Field: value\r\n" * 100)


class Interim(App):
    """Sends interim answers without end."""

    def show(self, thing: dict[str, Any]) -> None:
        while True:
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)


class Garbled(App):
    """Answers with something else than HTTP."""

    def show(self, thing: dict[str, Any]) -> None:
        self.wfile.write(b"hello\r\n\r\n")
        self.close_connection = True


class Limited(App):
    """Serves some requests, then asks for patience."""

    def begin(self, served: int) -> bool:
        if served <= 100:
            return True
        self.answer(429, {"message": "slow down"}, Retry_After="1")
        return False


class LimitedAtOnce(Limited):
    """Asks for patience from the beginning."""

    def begin(self, served: int) -> bool:
        return super().begin(served + 100)


class Broken(App):
    """Cannot make anything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(500, {"message": "oops"})


class Hanging(App):
    """Quick at first, then it takes longer than anybody waits."""

    def show(self, thing: dict[str, Any]) -> None:
        if next(STORE.served) > 100:
            time.sleep(59)
        super().show(thing)


def main() -> None:
    handler = next(cls for cls in _all(App) if cls.__name__.lower() == sys.argv[1].lower())
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()


def _all(cls: type[App]) -> list[type[App]]:
    return [cls, *(found for sub in cls.__subclasses__() for found in _all(sub))]


if __name__ == "__main__":
    main()
