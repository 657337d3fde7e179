"""The functional harness as a worker meets it: a process that speaks the protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from grader.domain.checks import CheckResult
from grader.domain.events import Broken, CheckFinished, Event, NotReady, Setup
from grader.domain.evidence import HttpExchange
from grader.domain.project import Project
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from tests.support.harness_process import harness

PROJECT: dict[str, Any] = {
    "slug": "tiny",
    "title": "Tiny",
    "version": "1",
    "level": "test",
    "summary": "For tests",
    "openapi": "paths: {/things: {post: {}}}",
    "rubric": {
        "criteria": [
            {"id": "things.make", "title": "Makes", "points": 60, "harness": "functional"},
            {
                "id": "things.read",
                "title": "Reads",
                "points": 40,
                "harness": "functional",
                "needs": ["things.make"],
                "hint": "Read it.",
            },
        ]
    },
}


class App(BaseHTTPRequestHandler):
    """Answers under /api/v1, wrapped in an envelope; /things/hang never ends."""

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        if self.path != "/api/v1/things":
            self._answer(404, '{"message": "no"}')
        else:
            self._answer(201, '{"data": {"thing_id": 7}}')

    def do_GET(self) -> None:
        bodies = {
            "/api/v1/things/1": '{"data": {"thing_id": 1}}',
            "/api/v1/things/nan": '{"a": NaN}',
            "/api/v1/things/deep": "[" * 50_000 + "]" * 50_000,
            "/api/v1/things/huge": '"' + "x" * (6 * 1024 * 1024) + '"',
        }
        self._answer(200 if self.path in bodies else 404, bodies.get(self.path, "{}"))

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def run(
    root: Path,
    source: str,
    port: int,
    timeout: float = 5,
    project: Mapping[str, Any] = PROJECT,
    **further: str,
) -> list[Event]:
    folder = root / "tiny"
    folder.mkdir()
    for name, code in {"things": source, **further}.items():
        text = "from harnesses.kit import check, expect\n" + dedent(code)
        (folder / f"test_{name}.py").write_text(text)
    setup = Setup(
        kind=HarnessKind.FUNCTIONAL,
        project=Project.model_validate(project),
        seed=5,
        ready_timeout=timeout,
        port=port,
    )
    with harness(HarnessKind.FUNCTIONAL, root) as process:
        return process.run(setup, restart=lambda: None)


def results(events: list[Event]) -> dict[str, CheckResult]:
    return {e.result.id: e.result for e in events if isinstance(e, CheckFinished)}


READ = """
@check("things.read")
def test_read(api):
    expect(api.get("/things/1")).ok().field("thingId").equals("1")
"""


def test_dialect_is_found_and_told(tmp_path: Path, port: int) -> None:
    source = """
        @check("things.make")
        def test_make(api):
            expect(api.post("/things", json={"a": 1})).created().field("thing_id").equals(7)

        @check("things.read")
        def test_read(api):
            expect(api.get("/things/1")).ok()
    """
    events = run(tmp_path, source, port)
    assert {r.outcome for r in results(events).values()} == {Outcome.PASSED}
    told = " ".join(e.text for e in events if e.type == "assumed")
    assert "/api/v1" in told
    assert "“data”" in told


def test_failure_carries_evidence_and_blocks_what_needs_it(tmp_path: Path, port: int) -> None:
    source = """
        @check("things.make", hint="Answer 418.")
        def test_make(api):
            expect(api.post("/things", json={"a": "é"})).status(418)
    """
    found = results(run(tmp_path, dedent(source) + dedent(READ), port))
    made = found["things.make"]
    assert (made.outcome, made.fault) == (Outcome.FAILED, Fault.LEARNER)
    assert made.message == "POST /api/v1/things answered 201, not 418"
    assert (made.expected, made.actual) == ("status 418", "status 201")
    assert made.hint == "Answer 418."
    exchange = made.evidence[0]
    assert isinstance(exchange, HttpExchange)
    assert exchange.status == 201
    assert exchange.curl.startswith(f"curl -i -X POST http://localhost:{port}/api/v1/things")
    read = found["things.read"]
    assert read.outcome is Outcome.BLOCKED
    assert read.message == "Not checked, because “Makes” comes first"


def test_evidence_says_where_the_restart_was(tmp_path: Path, port: int) -> None:
    source = """
        @check("things.make")
        def test_make(api, app):
            expect(api.post("/things", json={"a": 1})).created()
            app.restart()
            expect(api.get("/things/1")).status(404)
    """
    made = results(run(tmp_path, dedent(source) + dedent(READ), port))["things.make"]
    shown, before = made.evidence
    assert isinstance(shown, HttpExchange)
    assert isinstance(before, HttpExchange)
    assert (shown.method, shown.number, shown.preceded_by) == ("GET", 2, "the app was restarted")
    assert (before.method, before.number, before.preceded_by) == ("POST", 1, "")


def test_a_blocked_check_between_two_files_stops_neither(tmp_path: Path, port: int) -> None:
    make, read = PROJECT["rubric"]["criteria"]
    alone = {**make, "id": "things.alone", "points": 10}
    criteria = [make, {**read, "points": 30}, alone]
    fails = '@check("things.make")\ndef test_make(api): expect(1, "one").equals(2)\n'
    passes = '@check("things.alone")\ndef test_alone(api): pass\n'
    project = {**PROJECT, "rubric": {"criteria": criteria}}
    found = results(run(tmp_path, fails + READ, port, project=project, others=passes))
    assert {name: str(result.outcome) for name, result in found.items()} == {
        "things.make": "failed",
        "things.read": "blocked",
        "others.alone": "passed",
    }


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nan", "did not answer with JSON"),
        ("deep", "did not answer with JSON"),
        ("huge", "got no answer"),
    ],
)
def test_hostile_bodies_fail_the_check(tmp_path: Path, port: int, path: str, words: str) -> None:
    source = f"""
        @check("things.make")
        def test_make(api):
            api.get("/things/{path}").json()

        @check("things.read")
        def test_read(api):
            pass
    """
    made = results(run(tmp_path, source, port))["things.make"]
    assert made.outcome is Outcome.FAILED
    assert words in made.message


def test_a_mistake_of_the_author_costs_nothing(tmp_path: Path, port: int) -> None:
    source = """
        @check("things.make")
        def test_make(api):
            raise KeyError("oops")
    """
    made = results(run(tmp_path, dedent(source) + dedent(READ), port))["things.make"]
    assert (made.outcome, made.fault) == (Outcome.ERRORED, Fault.AUTHOR)
    assert "KeyError" in made.actual


def test_a_broken_fixture_is_the_authors(tmp_path: Path, port: int) -> None:
    source = """
        @check("things.make")
        def test_make(api, no_such_fixture):
            pass
    """
    made = results(run(tmp_path, dedent(source) + dedent(READ), port))["things.make"]
    assert (made.outcome, made.fault) == (Outcome.ERRORED, Fault.AUTHOR)


MISTAKES = {
    "no check": ("def test_make(api): pass", "has no @check"),
    "unknown criterion": (
        '@check("things.mak")\ndef test_make(api): pass',
        "did you mean 'things.make'?",
    ),
    "a criterion without check": (
        '@check("things.make")\ndef test_make(api): pass',
        "'things.read' has no check",
    ),
    "points do not add up": (
        '@check("things.make", points=59)\ndef test_make(api): pass\n' + READ,
        "add up to 60",
    ),
    "points left out": (
        '@check("things.make")\ndef test_a(api): pass\n'
        '@check("things.make")\ndef test_b(api): pass\n' + READ,
        "add up to 60",
    ),
    "an import that fails": ("import nothing_of_that_name", "nothing_of_that_name"),
    "a syntax error": ("def test_make(api: pass", "SyntaxError"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_of_the_author_are_named(tmp_path: Path, port: int, name: str) -> None:
    source, words = MISTAKES[name]
    last = run(tmp_path, source, port)[-1]
    assert isinstance(last, Broken)
    assert last.fault is Fault.AUTHOR
    assert words in last.text


def test_an_app_that_never_listens(tmp_path: Path, port: int) -> None:
    source = '@check("things.make")\ndef test_make(api): pass\n' + READ
    events = run(tmp_path, source, 1, timeout=0.3)
    assert any(isinstance(event, NotReady) for event in events)
    assert results(events) == {}
