"""What apps can send to hurt the one who reads it: the harness stays small and comes to an end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zlib
from typing import Any

import pytest

from grader.domain.events import EVENTS, MAX_LINE_BYTES, CheckFinished, Event, Finished, Setup
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from tests.support.harness_process import ROOT
from tests.support.notes_api import Notes, project, serving

MAX_MEMORY = 512 * 1024 * 1024
MAX_SECONDS = 75


def run(app: Notes) -> tuple[list[Event], int]:
    """Every event of a run, and the most memory that the harness had in use."""
    with serving(app) as port:
        setup = Setup(
            kind=HarnessKind.CONTRACT,
            project=project(),
            seed=3,
            ready_timeout=5,
            port=port,
            host="localhost",
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "harnesses.kit", "contract"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(setup.model_dump_json().encode() + b"\n")
        process.stdin.close()
        lines = process.stdout.readlines()
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    assert status == 0
    assert max(map(len, lines)) < MAX_LINE_BYTES
    return [EVENTS.validate_json(line) for line in lines], usage.ru_maxrss * 1024


def stream(handler: Any, head: bytes, chunk: bytes, times: int, pause: float = 0.0) -> None:
    """Write an answer by hand, for as long as somebody listens."""
    try:
        handler.wfile.write(head)
        for _ in range(times):
            handler.wfile.write(chunk)
            handler.wfile.flush()
            time.sleep(pause)
    except OSError:
        pass
    handler.close_connection = True


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Hostile(Notes):
    """Like the notes API, but what reads a note gets something else."""

    def handle(self, handler: Any) -> None:
        if handler.command == "GET" and handler.path.startswith("/notes"):
            self.requests.append(handler.path)
            self.hurt(handler)
        else:
            super().handle(handler)

    def hurt(self, handler: Any) -> None:
        raise NotImplementedError


def bomb() -> bytes:
    """200 MB in 200 kB, made without having them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b"0," * 500_000) for _ in range(200)) + packer.flush()


class ZipBomb(Hostile):
    BODY = bomb()

    def hurt(self, handler: Any) -> None:
        head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(self.BODY)
        stream(handler, head, self.BODY, 1)


class Endless(Hostile):
    def hurt(self, handler: Any) -> None:
        stream(handler, OK + b"\r\n", b" " * 65536, 100_000)


class HeaderFlood(Hostile):
    def hurt(self, handler: Any) -> None:
        stream(handler, OK, b"".join(b"X-%d: a\r\n" % n for n in range(1000)), 1000)


class LongHeader(Hostile):
    def hurt(self, handler: Any) -> None:
        stream(handler, OK + b"X-Long: ", b"a" * 65536, 1000)


class ChunkedGarbage(Hostile):
    def hurt(self, handler: Any) -> None:
        stream(handler, OK + b"Transfer-Encoding: chunked\r\n\r\n", b"fffffffffffffffff\r\nx", 1)


class TwoLengths(Hostile):
    def hurt(self, handler: Any) -> None:
        stream(handler, OK + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n", b"{}", 1)


class NotHttp(Hostile):
    def hurt(self, handler: Any) -> None:
        stream(handler, b"220 smtp.example.com ESMTP\r\n", b"", 1)


class Informational(Hostile):
    def hurt(self, handler: Any) -> None:
        stream(handler, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 200_000)


class OddEncodings(Hostile):
    """Bytes that are no UTF-8, a charset that nobody has, a lone surrogate."""

    BODIES = (b'{"id": "\xff"}', b'{"id": "\\ud800"}', "{}".encode("utf-16"))

    def hurt(self, handler: Any) -> None:
        body = self.BODIES[len(self.requests) % 3]
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=klingon\r\n"
        stream(handler, head + b"Content-Length: %d\r\n\r\n" % len(body), body, 1)


class BigNumbers(Hostile):
    BODY = b'{"id": 1e999, "text": -0, "createdAt": ' + b"9" * 5000 + b', "text": 2, "id": 3}'

    def hurt(self, handler: Any) -> None:
        stream(handler, OK + b"Content-Length: %d\r\n\r\n" % len(self.BODY), self.BODY, 1)


class ManySmallThings(Hostile):
    """Just below what an answer may hold, in objects that take far more room than their text."""

    BODY = json.dumps([{"a": []} for _ in range(90_000)]).encode()

    def hurt(self, handler: Any) -> None:
        stream(handler, OK + b"Content-Length: %d\r\n\r\n" % len(self.BODY), self.BODY, 1)


class ManyNames(Hostile):
    BODY = json.dumps({f"name{n}": n for n in range(50_000)}).encode()

    def hurt(self, handler: Any) -> None:
        stream(handler, OK + b"Content-Length: %d\r\n\r\n" % len(self.BODY), self.BODY, 1)


class Drip(Hostile):
    """A byte every now and then, so that no single read is ever late."""

    def hurt(self, handler: Any) -> None:
        stream(handler, OK + b"Content-Length: 1000\r\n\r\n", b" ", 1000, 0.5)


@pytest.mark.parametrize(
    "app",
    [
        ZipBomb,
        Endless,
        HeaderFlood,
        LongHeader,
        ChunkedGarbage,
        TwoLengths,
        NotHttp,
        Informational,
        OddEncodings,
        BigNumbers,
        ManySmallThings,
        ManyNames,
        Drip,
    ],
)
def test_hostile_answers_are_findings(app: type[Hostile]) -> None:
    started = time.monotonic()
    events, memory = run(app())
    assert time.monotonic() - started < MAX_SECONDS
    assert memory < MAX_MEMORY, f"{memory // 1024 // 1024} MiB"
    assert isinstance(events[-1], Finished)
    results = [event.result for event in events if isinstance(event, CheckFinished)]
    assert not [result for result in results if result.outcome is Outcome.ERRORED], results
    failed = [result for result in results if result.outcome is Outcome.FAILED]
    assert failed
    assert {result.fault for result in failed} == {Fault.LEARNER}
