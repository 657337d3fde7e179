"""The contract harness as a worker meets it: a process that speaks the protocol.

It is run against real HTTP apps on loopback: one that conforms, others that conform in other
words, and others that err in one thing each.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from grader.domain.checks import CheckResult
from grader.domain.events import Assumed, Broken, CheckFinished, Event, Finished, Planned, Setup
from grader.domain.evidence import Finding
from grader.domain.project import Project
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from tests.support.harness_process import harness
from tests.support.notes_api import CRITERIA, OPENAPI, Notes, project, serving

EVERY = set(CRITERIA)


def run(
    port: int, subject: Project | None = None, *, seed: int = 7, only: tuple[str, ...] = ()
) -> list[Event]:
    """Every event of one run."""
    setup = Setup(
        kind=HarnessKind.CONTRACT,
        project=subject or project(),
        seed=seed,
        ready_timeout=5,
        port=port,
        # Another name than 127.0.0.1, so that no other server of this machine is found.
        host="localhost",
        only=only,
    )
    seen = []
    with harness(HarnessKind.CONTRACT) as process:
        process.send(setup)
        for event in process.events():
            seen.append(event)
            if isinstance(event, Finished | Broken):
                break
    return seen


def grade(app: Notes, **options: Any) -> dict[str, CheckResult]:
    """The results of one run by criterion; the last event must be ``finished``."""
    with serving(app) as port:
        events = run(port, **options)
    assert isinstance(events[-1], Finished), events[-1]
    return {e.result.criterion: e.result for e in events if isinstance(e, CheckFinished)}


def lost(results: dict[str, CheckResult]) -> set[str]:
    """The criteria that did not pass."""
    return {name for name, result in results.items() if result.outcome is not Outcome.PASSED}


def findings(result: CheckResult) -> Iterator[Finding]:
    for evidence in result.evidence:
        assert isinstance(evidence, Finding)
        yield evidence


# -- apps that conform --------------------------------------------------------------------------


class InOtherWords(Notes):
    """A prefix, an envelope, other names, 422, naive times, 200 for everything."""

    base = "/api/v1"
    refused = 422
    created = 200
    deleted = (200, {"message": "deleted"})

    def shown(self, note: dict[str, Any]) -> object:
        moment = "2026-01-02 03:04:05.123456"
        return {"data": {"_id": int(note["id"]), "body": note["text"], "created_at": moment}}

    def list(self) -> tuple[Any, ...]:
        notes = [self.shown(note)["data"] for note in self.notes.values()]  # type: ignore[index]
        return 200, {"message": "all", "notes": notes}

    def missing(self, note_id: str) -> tuple[Any, ...]:
        return (404 if note_id.isdigit() else 422), {"detail": "no such note"}


class WithSlashes(Notes):
    """Routes end with a slash, as in Django and in FastAPI routers; other forms are redirected."""

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[Any, ...]:
        if not path.endswith("/"):
            return 307, None, {"Location": f"{path}/"}
        return super().answer(method, path, body, headers)


class PlainRefusals(Notes):
    """No method is known elsewhere: 404 instead of 405."""

    def no_method(self, allowed: str) -> tuple[Any, ...]:
        return 404, {"message": "cannot do that"}


class RefusedByItsFramework(Notes):
    """As Flask does: an HTML page where no route fits, and 415 where there is no JSON body."""

    def missing(self, note_id: str) -> tuple[Any, ...]:
        if not note_id.isdigit():
            return 404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"}
        return super().missing(note_id)

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[Any, ...]:
        if method in ("POST", "PUT") and headers.get("Content-Type") != "application/json":
            return 415, b"<h1>Unsupported Media Type</h1>", {"Content-Type": "text/html"}
        return super().answer(method, path, body, headers)


class LongList(Notes):
    """A list of thousands: there is data already."""

    def list(self) -> tuple[Any, ...]:
        return 200, [self.note(str(number), "x") for number in range(5000)]


class LimitsTheRate(Notes):
    """Answers 429 to every eighth request."""

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[Any, ...]:
        if len(self.requests) % 8 == 0:
            return 429, {"message": "slow down"}, {"Retry-After": "0"}
        return super().answer(method, path, body, headers)


@pytest.mark.parametrize(
    "app",
    [
        Notes,
        InOtherWords,
        WithSlashes,
        PlainRefusals,
        RefusedByItsFramework,
        LongList,
        LimitsTheRate,
    ],
)
def test_an_app_that_conforms_loses_nothing(app: type[Notes]) -> None:
    results = grade(app())
    assert {name: result.message for name, result in results.items() if name in lost(results)} == {}
    assert set(results) == EVERY


def test_what_was_assumed_is_told_once() -> None:
    with serving(InOtherWords()) as port:
        events = run(port)
    told = [event.text for event in events if isinstance(event, Assumed)]
    assert len(told) == len(set(told))
    for part in (
        "/api/v1",
        "“data”",
        "“created_at” in your answers was read as “createdAt”",
        "422",
        "UTC",
    ):
        assert any(part in text for text in told), (part, told)


def test_the_run_is_told_in_order() -> None:
    with serving(Notes()) as port:
        events = run(port, only=("contract.errors", "contract.status"))
    assert [event.type for event in events] == [
        "planned",
        "ready",
        "check_started",
        "check_started",
        "check_finished",
        "check_finished",
        "finished",
    ]
    assert isinstance(events[0], Planned)
    assert [check.criterion for check in events[0].checks] == ["contract.errors", "contract.status"]
    assert [check.points for check in events[0].checks] == [20, 20]


# -- apps that err in one thing -----------------------------------------------------------------


class CrashesOnOddInput(Notes):
    """A number instead of text is met by nothing."""

    def text_of(self, body: bytes) -> str | None:
        if b'"text": 0' in body or b'"text": false' in body or b'"text": null' in body:
            raise_500()
        return super().text_of(body)

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[Any, ...]:
        try:
            return super().answer(method, path, body, headers)
        except ZeroDivisionError:
            return 500, {"message": "Internal Server Error"}


def raise_500() -> None:
    raise ZeroDivisionError


class CrashesInUpdatesOnly(CrashesOnOddInput):
    """The same, in a place that only an existing note leads to."""

    def create(self, body: bytes) -> tuple[Any, ...]:
        text = Notes.text_of(self, body)
        if text is None:
            return 400, {"message": "text is missing"}
        return super().create(json_of(text))


def json_of(text: str) -> bytes:
    import json

    return json.dumps({"text": text}).encode()


class UndocumentedStatus(Notes):
    def read(self, note_id: str) -> tuple[Any, ...]:
        return 203, self.shown(self.notes[note_id])


class WrongContentType(Notes):
    def missing(self, note_id: str) -> tuple[Any, ...]:
        return 404, b"<h1>Not Found</h1>", {"Content-Type": "text/html; charset=utf-8"}


class MissingField(Notes):
    def list(self) -> tuple[Any, ...]:
        return 200, [{"id": 1, "text": "no time"}]


class MistypedField(Notes):
    def note(self, note_id: str, text: str) -> dict[str, Any]:
        return {**super().note(note_id, text), "createdAt": "yesterday"}


class AcceptsAnything(Notes):
    def text_of(self, body: bytes) -> str | None:
        text = super().text_of(body)
        return "" if text is None and body.startswith(b'{"') else text


class KeepsWhatIsDeleted(Notes):
    def remove(self, note_id: str) -> tuple[Any, ...]:
        return 204, None


class ForgetsWhatIsMade(Notes):
    def create(self, body: bytes) -> tuple[Any, ...]:
        answer = super().create(body)
        self.notes.clear()
        return answer


class NoJson(Notes):
    def read(self, note_id: str) -> tuple[Any, ...]:
        return 200, b"{'id': 1}"


class NotANumber(Notes):
    def read(self, note_id: str) -> tuple[Any, ...]:
        return 200, b'{"id": 1, "text": "a", "createdAt": NaN}'


class Deep(Notes):
    def read(self, note_id: str) -> tuple[Any, ...]:
        return 200, b"[" * 100_000 + b"]" * 100_000


class OtherMethods(Notes):
    def no_method(self, allowed: str) -> tuple[Any, ...]:
        return 200, {"message": "welcome"}


class NoUpdates(Notes):
    def change(self, note_id: str, body: bytes) -> tuple[Any, ...]:
        return self.missing(note_id)


ERR_IN_ONE_THING: list[tuple[type[Notes], set[str], str, str]] = [
    (CrashesOnOddInput, {"errors"}, "errors", "POST /notes answers 500"),
    (CrashesInUpdatesOnly, {"errors"}, "errors", "PUT /notes/{noteId} answers 500"),
    (UndocumentedStatus, {"status"}, "status", "GET /notes/{noteId} answers 203"),
    (WrongContentType, {"types"}, "types", "GET /notes/{noteId} answers 404 with text/html"),
    (MissingField, {"shape"}, "shape", '"createdAt" is a required property'),
    (MistypedField, {"shape"}, "shape", "“createdAt”"),
    (AcceptsAnything, {"refusals"}, "refusals", "accepts what it should refuse"),
    (KeepsWhatIsDeleted, {"life"}, "life", "still finds what was deleted"),
    (ForgetsWhatIsMade, {"life", "shape"}, "life", "does not find what POST /notes had just"),
    (NoJson, {"shape"}, "shape", "cannot be read as JSON"),
    (NotANumber, {"shape"}, "shape", "cannot be read as JSON"),
    (Deep, {"shape"}, "shape", "cannot be read as JSON"),
    (OtherMethods, {"life"}, "life", "though the contract has no such method"),
    (NoUpdates, {"shape", "life"}, "shape", "never answered with success"),
]


@pytest.mark.parametrize(
    ("app", "criteria", "where", "words"),
    ERR_IN_ONE_THING,
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_a_defect_costs_its_criteria_and_no_other(
    app: type[Notes], criteria: set[str], where: str, words: str
) -> None:
    results = grade(app())
    assert {name.removeprefix("contract.") for name in lost(results)} == criteria
    result = results[f"contract.{where}"]
    assert (result.outcome, result.fault) == (Outcome.FAILED, Fault.LEARNER)
    titles = [finding.title for finding in findings(result)]
    assert any(words.lower() in text.lower() for text in [result.message, *titles]), result
    assert result.hint == f"Hint for contract.{where}"


def test_one_cause_is_one_finding_with_a_curl_that_shows_it() -> None:
    app = CrashesOnOddInput()
    with serving(app) as port:
        events = run(port)
        results = {e.result.criterion: e.result for e in events if isinstance(e, CheckFinished)}
        found = list(findings(results["contract.errors"]))
        assert [finding.operation for finding in found] == ["POST /notes", "PUT /notes/{noteId}"]
        assert found[0].occurrences > 1
        exchange = found[0].exchange
        assert exchange is not None
        assert exchange.status == 500
        again = subprocess.run(
            ["bash", "-c", exchange.curl], capture_output=True, text=True, check=True, timeout=10
        )
    assert again.stdout.startswith("HTTP/1.1 500"), (exchange.curl, again.stdout)


# -- apps that are hardly apps ------------------------------------------------------------------


class DiesMidway(Notes):
    """After sixty requests the process is gone, in the middle of one."""

    def handle(self, handler: Any) -> None:
        if len(self.requests) < 60:
            super().handle(handler)
            return
        self.server.socket.close()  # type: ignore[attr-defined]
        handler.connection.close()


class HangsInOneOperation(Notes):
    def handle(self, handler: Any) -> None:
        if handler.command == "DELETE" and handler.path != "/notes":
            time.sleep(40)
        super().handle(handler)


class HangsForGood(Notes):
    def handle(self, handler: Any) -> None:
        if len(self.requests) >= 40:
            time.sleep(60)
        super().handle(handler)


class Gigantic(Notes):
    """100 MB of JSON."""

    def handle(self, handler: Any) -> None:
        if handler.command != "GET":
            super().handle(handler)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(100 * 1024 * 1024))
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" " * 1024 * 1024)


class RedirectsForEver(Notes):
    def read(self, note_id: str) -> tuple[Any, ...]:
        return 302, None, {"Location": f"/notes/{note_id}"}


class RedirectsAway(Notes):
    def read(self, note_id: str) -> tuple[Any, ...]:
        return 302, None, {"Location": "http://127.0.0.1:1/elsewhere"}


def test_an_app_that_dies_loses_what_was_not_yet_decided() -> None:
    results = grade(DiesMidway())
    assert lost(results) == EVERY
    for result in results.values():
        assert (result.outcome, result.fault) == (Outcome.FAILED, Fault.LEARNER)
    shown = results["contract.shape"]
    assert re.match(r"The app went away after 5\d answered requests; the last", shown.message)
    assert "refused" in shown.actual
    first = next(findings(shown))
    assert first.exchange is not None
    assert first.exchange.curl.startswith("curl")


def test_an_app_that_hangs_is_told_from_one_that_dies() -> None:
    started = time.monotonic()
    results = grade(HangsForGood())
    assert time.monotonic() - started < 50
    assert lost(results) == EVERY
    assert "stopped answering" in results["contract.shape"].message


def test_one_operation_that_hangs_costs_the_server_errors() -> None:
    started = time.monotonic()
    results = grade(HangsInOneOperation())
    assert time.monotonic() - started < 50
    assert lost(results) == {"contract.errors"}
    (finding,) = findings(results["contract.errors"])
    assert finding.title == "DELETE /notes/{noteId} does not answer"
    assert finding.exchange is not None
    # The first silences are waited for longest; the one that is shown may be a later one.
    assert (finding.exchange.error or "").startswith("no complete answer within ")


def test_a_gigantic_answer_is_cut_off() -> None:
    results = grade(Gigantic())
    assert lost(results) == {"contract.errors", "contract.shape"}
    found = next(findings(results["contract.errors"]))
    assert found.exchange is not None
    assert "MiB" in (found.exchange.error or "")


@pytest.mark.parametrize("app", [RedirectsForEver, RedirectsAway])
def test_redirects_are_not_followed(app: type[Notes]) -> None:
    results = grade(app())
    assert lost(results) == {"contract.status", "contract.shape"}
    assert "answers 302" in results["contract.status"].message


def test_an_app_without_the_api_is_blocked_rather_than_passed() -> None:
    class Nothing(Notes):
        base = "/elsewhere"

    results = grade(Nothing())
    assert results["contract.errors"].outcome is Outcome.BLOCKED
    assert not [r for r in results.values() if r.outcome is Outcome.PASSED]


# -- the harness itself -------------------------------------------------------------------------


class RandomIds(CrashesOnOddInput):
    """Identifiers differ from run to run, and so does what depends on them."""

    def create(self, body: bytes) -> tuple[Any, ...]:
        answer = super().create(body)
        if answer[0] == 201:
            note_id = f"id{secrets.token_hex(4)}"
            self.notes[note_id] = self.notes.pop(answer[1]["id"])
            answer[1]["id"] = note_id
        return answer


@pytest.mark.parametrize("app_class", [CrashesOnOddInput, ForgetsWhatIsMade, RandomIds])
def test_the_same_seed_sends_the_same_requests_and_finds_the_same(app_class: type[Notes]) -> None:
    sent, ended = [], []
    for _ in range(3):
        app = app_class()
        results = grade(app, seed=11)
        sent.append([re.sub("id[0-9a-f]{8}", "ID", request) for request in app.requests])
        ended.append(
            [
                (name, r.outcome, r.message, [(f.title, f.occurrences) for f in findings(r)])
                for name, r in results.items()
            ]
        )
    assert sent[0] == sent[1] == sent[2]
    assert ended[0] == ended[1] == ended[2]


def test_another_seed_sends_other_requests() -> None:
    apps = [Notes(), Notes()]
    for seed, app in enumerate(apps):
        grade(app, seed=seed)
    assert apps[0].requests != apps[1].requests


def test_a_spent_budget_costs_nobody_anything() -> None:
    class Slow(Notes):
        def answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[Any, ...]:
            time.sleep(0.1)
            return super().answer(method, path, body, headers)

    results = grade(Slow(), subject=project(seconds=2))
    for result in results.values():
        assert (result.outcome, result.fault) == (Outcome.ERRORED, Fault.PLATFORM)
        assert "ran out after" in result.message


class LimitsHard(Notes):
    """Twenty requests a minute."""

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[Any, ...]:
        if len(self.requests) > 20:
            return 429, {"message": "come back later"}, {"Retry-After": "60"}
        return super().answer(method, path, body, headers)


def test_a_rate_limit_costs_nobody_anything() -> None:
    started = time.monotonic()
    results = grade(LimitsHard())
    assert time.monotonic() - started < 40
    for result in results.values():
        assert (result.outcome, result.fault) == (Outcome.ERRORED, Fault.PLATFORM)
        assert "(429)" in result.message


def test_a_schema_that_nothing_satisfies_is_the_authors() -> None:
    openapi = OPENAPI.replace(
        "{type: string, maxLength: 20,", "{type: string, minLength: 30, maxLength: 20,"
    )
    openapi = openapi.replace("in: query, schema", "in: query, required: true, schema")
    result = grade(Notes(), subject=project(openapi))["contract.errors"]
    assert (result.outcome, result.fault) == (Outcome.ERRORED, Fault.AUTHOR)
    assert "GET /notes" in result.message


def test_a_document_that_fetches_is_refused() -> None:
    remote = OPENAPI.replace('"#/components/schemas/Id"', "http://127.0.0.1:1/id.json", 1)
    with serving(Notes()) as port:
        (last,) = run(port, project(remote))
    assert isinstance(last, Broken)
    assert last.fault is Fault.AUTHOR
    assert "nothing is ever fetched" in last.text


def test_an_app_never_learns_who_is_asking() -> None:
    class Curious(Notes):
        names: set[str] = set()

        def answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[Any, ...]:
            self.names.update(f"{name}: {value}".lower() for name, value in headers.items())
            return super().answer(method, path, body, headers)

    app = Curious()
    grade(app)
    assert not [name for name in app.names if "schemathesis" in name or "python" in name]
