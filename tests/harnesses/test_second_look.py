"""The second look: whom it suspects, and above all whom it does not."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

import pytest

from grader.domain.checks import PlannedCheck
from grader.domain.project import Dialect
from grader.domain.report import Flag
from harnesses.kit import Api, expect
from harnesses.kit.dialect import Reading
from harnesses.kit.functional import second_look
from harnesses.kit.functional.second_look import Passed, SecondLook
from harnesses.kit.http import HttpClient
from harnesses.kit.pages import Site

KNOWN = {"User-Agent": "curl/8.14.1", "Accept": "application/json"}
Rule = Callable[[str], int]
"""Given what a client calls itself, the status of the answer; 0: no answer."""


class App(BaseHTTPRequestHandler):
    """Sums numbers. Subclasses have a rule."""

    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024  # header and body in one packet: no delayed ACK is waited for
    rule: Rule = staticmethod(lambda client: 200)

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        status = type(self).rule(self.headers["User-Agent"])
        if not status:
            self.close_connection = True
            return
        found = sum(map(int, self.path.rpartition("/")[2].split("+")))
        body = json.dumps({"sum": found if status == 200 else None}).encode()
        self.send_response(200 if status == 418 else status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(rule: Rule, server: type[HTTPServer] = ThreadingHTTPServer) -> Iterator[str]:
    """An app with a rule; 418 stands for a wrong answer with status 200."""
    handler = type("Handler", (App,), {"rule": staticmethod(rule)})
    with server(("127.0.0.1", 0), handler) as app:
        thread = threading.Thread(target=app.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{app.server_address[1]}"
        app.shutdown()
        thread.join()


def sums(api: Api, rng: random.Random) -> None:
    for _ in range(3):
        numbers = rng.choices(range(1000), k=2)
        reply = api.get(f"/{numbers[0]}+{numbers[1]}")
        expect(reply).ok().field("sum").equals(sum(numbers))


def shown(site: Site, rng: random.Random) -> None:
    numbers = rng.choices(range(1000), k=2)
    page = site.visit(f"/{numbers[0]}+{numbers[1]}")
    expect(page.reply).ok().field("sum").equals(sum(numbers))


def restarts(api: Api, app: object) -> None:
    raise AssertionError("must not be repeated")


def passed(function: Callable[..., None] = sums, seconds: float = 0.01) -> list[Passed]:
    """Two checks of each of three criteria."""
    plans = [
        PlannedCheck(id=f"{name}.{turn}", criterion=name, title=f"{name} {turn}", points=1)
        for name in ("one", "two", "three")
        for turn in (1, 2)
    ]
    return [Passed(plan, function, seconds) for plan in plans]


def look(
    rule: Rule, seed: int = 0, checks: list[Passed] | None = None, **how: object
) -> list[Flag]:
    with serving(rule, **how) as origin:  # type: ignore[arg-type]
        reading = Reading(Dialect(), lambda _: None)
        second = SecondLook(
            passed() if checks is None else checks,
            lambda header: HttpClient(origin, headers=header),
            lambda check: KNOWN,
            reading,
            random.Random(seed),
        )
        return second.flags(1.0)


def kinds(flags: list[Flag]) -> list[str]:
    return [flag.kind for flag in flags]


def test_an_honest_app_is_not_suspected() -> None:
    assert look(lambda client: 200) == []
    assert look(lambda client: 200, server=HTTPServer) == []


@pytest.mark.parametrize("otherwise", [418, 404, 500, 0])
def test_who_serves_known_clients_only(otherwise: int) -> None:
    (flag,) = look(lambda client: 200 if "curl" in client else otherwise)
    assert flag.kind == "identity"
    assert flag.text.startswith("Answers differed by what the client calls itself: “")
    assert "8 of 8 times for curl/8.14.1 and 0 of 8 times" in flag.text


def test_checks_of_pages_are_repeated_as_well() -> None:
    rule: Rule = lambda client: 200 if "curl" in client else 418  # noqa: E731
    assert kinds(look(rule, checks=passed(shown))) == ["identity"]
    assert look(lambda client: 200, checks=passed(shown)) == []


def test_who_was_right_at_first_only() -> None:
    (flag,) = look(lambda client: 418)
    assert flag.kind == "repeat"
    assert flag.text.startswith("Checks that had passed failed 16 of 16 times")


@pytest.mark.parametrize("status", [500, 503, 0])
def test_an_app_that_broke_is_not_suspected(status: int) -> None:
    assert look(lambda client: status) == []


def test_a_limit_is_not_suspected_and_not_waited_for() -> None:
    started = time.monotonic()
    assert look(lambda client: 429) == []
    assert look(lambda client: 200 if "curl" in client else 429) == []
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("wrong", [418, 500, 0])
def test_apps_that_are_wrong_now_and_then_are_not_suspected(wrong: int) -> None:
    for seed in range(15):
        chance = random.Random(seed)
        assert look(lambda client, by=chance: 200 if by.random() < 0.8 else wrong, seed) == []


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_processes_that_take_turns_are_not_suspected(processes: int) -> None:
    for seed in range(10):
        turn = itertools.count()
        assert look(lambda client, t=turn: 418 if next(t) // 3 % processes else 200, seed) == []


def test_one_criterion_alone_is_not_enough_to_say_that_it_was_right_at_first() -> None:
    only = [one for one in passed() if one.planned.criterion == "one"]
    assert look(lambda client: 418, checks=only) == []


def test_what_is_slow_or_restarts_the_app_is_left_out() -> None:
    assert look(lambda client: 418, checks=passed(seconds=2)) == []
    assert look(lambda client: 200, checks=passed(restarts)) == []


def test_a_hanging_app_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_look, "WAIT_S", 0.2)

    def hangs(client: str) -> int:
        time.sleep(0.4)
        return 200

    started = time.monotonic()
    assert look(hangs) == []
    assert time.monotonic() - started < 10
