"""Simulated services on the loopback: what they answer, count and refuse, without an engine."""

from __future__ import annotations

import http.client
import json
import pickle
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest
from cryptography import x509

from grader.domain.simulation import SimulatedHost, addresses_of
from grader.domain.verdicts import Fault
from harnesses.kit.simulators import (
    CutOff,
    Malformed,
    Refused,
    Request,
    Script,
    Simulators,
    Slow,
)
from harnesses.kit.simulators.catalogue import USUAL
from harnesses.kit.simulators.doors import MAX_CONNECTIONS
from harnesses.kit.simulators.github import GITHUB, GitHub, out_of_order, rate_limited
from harnesses.kit.simulators.process import SimulatorsBroken, start_simulators

ADDRESS = addresses_of([GITHUB])[GITHUB]
NAMED = {"User-Agent": "a test"}
ANA = GitHub({"Ana": [{"type": "PushEvent", "number": number} for number in range(40)]})


@dataclass(frozen=True)
class Running:
    """Simulators on ports of their own, and a client that trusts them."""

    simulators: Simulators
    folder: Path
    secure: int
    plain: int

    def get(
        self,
        path: str,
        *,
        plain: bool = False,
        timeout: float = 3,
        method: str = "GET",
        **headers: str,
    ) -> tuple[int, bytes]:
        line = http.client.HTTPConnection(GITHUB, timeout=timeout)
        line.sock = socket.create_connection(
            (ADDRESS, self.plain if plain else self.secure), timeout
        )
        if not plain:
            context = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
            line.sock = context.wrap_socket(line.sock, server_hostname=GITHUB)
        try:
            line.request(method, path, headers={**NAMED, **headers})
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind((ADDRESS, 0))
        return int(one.getsockname()[1])


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    ports = free_port(), free_port()
    simulators = start_simulators({GITHUB: ADDRESS}, tmp_path, ports)
    simulators.wait_until_open()
    simulators.open_plain()
    simulators.play(GITHUB, ANA)
    yield Running(simulators, tmp_path, *ports)
    simulators.end()


def asked(path: str, **headers: str) -> Request:
    return Request("https", GITHUB, "GET", path, {"user-agent": "x", **headers})


# -- GitHub ----------------------------------------------------------------------------------------


def test_every_host_of_a_spec_has_a_simulator() -> None:
    assert set(USUAL) == set(get_args(SimulatedHost))


def test_someone_is_found_by_any_spelling_of_the_login() -> None:
    found = json.loads(ANA.answer(asked("/users/aNa/events")).body)
    assert [event["number"] for event in found] == list(range(30))
    assert json.loads(ANA.answer(asked("/users/ana")).body)["login"] == "ana"


def test_events_come_in_pages() -> None:
    answer = ANA.answer(asked("/users/ana/events?per_page=15&page=3"))
    assert [event["number"] for event in json.loads(answer.body)] == list(range(30, 40))
    assert json.loads(ANA.answer(asked("/users/ana/events?per_page=x&page=-1")).body)


@pytest.mark.parametrize(
    "path", ["/users/bela", "/users/bela/events", "/", "/users", "/users/ana/events/x/y", "/user"]
)
def test_what_is_not_there_is_404(path: str) -> None:
    answer = ANA.answer(asked(path))
    assert (answer.status, json.loads(answer.body)["message"]) == (404, "Not Found")


def test_a_client_without_a_name_is_refused() -> None:
    assert ANA.answer(Request("https", GITHUB, "GET", "/users/ana/events")).status == 403


def test_who_has_the_answer_already_gets_none() -> None:
    tag = ANA.answer(asked("/users/ana/events")).headers["ETag"]
    again = ANA.answer(asked("/users/ana/events", **{"if-none-match": tag}))
    assert (again.status, again.body) == (304, b"")


# -- over the line ---------------------------------------------------------------------------------


def test_it_answers_over_tls_and_sends_others_there(running: Running) -> None:
    status, body = running.get("/users/ana/events?per_page=1")
    assert (status, json.loads(body)) == (200, [{"type": "PushEvent", "number": 0}])
    assert running.get("/users/ana/events", plain=True)[0] == 301
    assert running.get("/users/ana", method="HEAD") == (200, b"")


def test_calls_are_counted_and_shown(running: Running) -> None:
    running.get("/users/ana%20b/events?page=2", Accept="application/json")
    (call,) = running.simulators.calls(GITHUB)
    assert (running.simulators.count(GITHUB), call.path) == (1, "/users/ana b/events")
    assert call.request.query == {"page": "2"}
    shown = call.evidence
    assert (shown.status, shown.method) == (404, "GET")
    assert shown.curl == "curl 'https://api.github.com/users/ana%20b/events?page=2'"
    assert shown.request_headers == {"accept": "application/json", "user-agent": "a test"}


def test_a_new_check_begins_with_nothing(running: Running) -> None:
    running.get("/users/ana/events")
    running.simulators.begin()
    assert running.simulators.count(GITHUB) == 0
    assert running.get("/users/ana/events")[0] == 404


def test_what_the_check_before_left_open_is_ended(running: Running) -> None:
    running.simulators.play(GITHUB, Slow())
    seen: list[float] = []

    def ask() -> None:
        begun = time.monotonic()
        with pytest.raises((OSError, http.client.HTTPException)):
            running.get("/users/ana/events", timeout=20)
        seen.append(time.monotonic() - begun)

    asking = threading.Thread(target=ask)
    asking.start()
    while not running.simulators.count(GITHUB):
        time.sleep(0.01)
    running.simulators.begin()
    asking.join(10)
    assert seen
    assert seen[0] < 10
    assert running.simulators.count(GITHUB) == 0


@pytest.mark.parametrize(
    ("script", "status", "begins"),
    [
        (rate_limited(), 403, b'{"message": "API rate limit exceeded'),
        (out_of_order(), 500, b'{"message": "Server Error"'),
        (out_of_order(503), 503, b'{"message": "Server Error"'),
        (Malformed(), 200, b'{"message": "Everything is fi'),
        (Malformed(page=True), 200, b"<!DOCTYPE html>"),
    ],
)
def test_failures_that_answer(running: Running, script: Script, status: int, begins: bytes) -> None:
    running.simulators.play(GITHUB, script)
    seen = running.get("/users/ana/events")
    assert seen[0] == status
    assert seen[1].startswith(begins)


def test_half_an_answer(running: Running) -> None:
    running.simulators.play(GITHUB, CutOff())
    with pytest.raises(http.client.IncompleteRead):
        running.get("/users/ana/events")


def test_no_answer_in_time_and_a_late_one(running: Running) -> None:
    running.simulators.play(GITHUB, Slow())
    with pytest.raises(TimeoutError):
        running.get("/users/ana/events", timeout=0.3)
    running.simulators.play(GITHUB, Slow(ANA, 0.3))
    assert running.get("/users/ana/events")[0] == 200
    assert running.simulators.count(GITHUB) == 2


def test_nobody_listens_and_nobody_else_can(running: Running) -> None:
    running.get("/users/ana/events")
    running.simulators.play(GITHUB, Refused())
    for plain in (False, True):
        with pytest.raises(ConnectionRefusedError):
            running.get("/users/ana/events", plain=plain)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            squatter.bind((ADDRESS, running.secure))
    running.simulators.play(GITHUB, ANA)
    assert running.get("/users/ana/events")[0] == 200


# -- programs that mean no good --------------------------------------------------------------------


def test_connections_that_say_nothing_do_not_keep_it_busy(running: Running) -> None:
    held = [socket.create_connection((ADDRESS, running.secure)) for _ in range(3 * MAX_CONNECTIONS)]
    running.simulators.begin()
    running.simulators.play(GITHUB, ANA)
    for one in held:
        one.close()
    assert running.get("/users/ana/events")[0] == 200
    assert running.simulators.count(GITHUB) == 1


@pytest.mark.parametrize(
    "words",
    [
        b"\x00\xff\x16" * 2_000,
        b"GET /users/ana/events\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000,
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n" + b"y" * 2_000_000,
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_request_is_not_counted(running: Running, words: bytes) -> None:
    with socket.create_connection((ADDRESS, running.plain), 5) as line:
        try:
            line.sendall(words)
            line.recv(100)
        except OSError:
            pass  # it hung up first
    assert running.get("/users/ana/events")[0] == 200
    assert running.simulators.count(GITHUB) == 1


def test_paths_that_are_no_text_are_answered(running: Running) -> None:
    assert running.get("/users/%ff%fe/events")[0] == 404
    pickle.dumps(running.simulators.calls(GITHUB)[0].evidence)


def test_an_asking_loop_is_counted_and_does_not_grow(running: Running) -> None:
    for _ in range(1_100):
        with socket.create_connection((ADDRESS, running.plain), 5) as line:
            line.sendall(b"GET /users/ana HTTP/1.1\r\nHost: x\r\n\r\n")
            line.recv(1000)
    assert running.simulators.count(GITHUB) == 1_100
    assert len(running.simulators.calls(GITHUB)) == 1_000


# -- the process -----------------------------------------------------------------------------------


def test_the_key_is_in_no_file(running: Running) -> None:
    files = [file for file in running.folder.rglob("*") if file.is_file()]
    assert {file.name for file in files} >= {"ca-certificates.crt", "cacerts", "cacert.pem"}
    assert not [file for file in files if b"PRIVATE" in file.read_bytes()]
    (authority,) = x509.load_pem_x509_certificates((running.folder / "cert.pem").read_bytes())
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_an_end_of_the_process_is_our_fault(running: Running) -> None:
    running.simulators.end()
    with pytest.raises(SimulatorsBroken) as caught:
        running.simulators.begin()
    assert caught.value.fault is Fault.PLATFORM


def test_an_address_that_is_taken_is_our_fault(running: Running, tmp_path: Path) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    second = start_simulators({GITHUB: ADDRESS}, folder, (running.secure, running.plain))
    with pytest.raises(SimulatorsBroken, match="in use"):
        second.wait_until_open()
    second.end()


def test_a_host_that_is_not_simulated_cannot_play(running: Running) -> None:
    with pytest.raises(SimulatorsBroken, match="KeyError"):
        running.simulators.play("example.org", ANA)
