"""Handing in, looking, listing, cancelling."""

from __future__ import annotations

import threading

import httpx
import pytest

from grader.domain.records import Scope
from grader.settings import Settings
from grader.store import Database
from tests.api.served import PROJECT, Served, hand_in, serve


def problem(answer: httpx.Response, status: int) -> dict[str, object]:
    """The problem that an answer is; it says what happened and what to try."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:grader:problem:{body['code']}"
    assert body["title"]
    assert body["hint"]
    return body


def test_what_is_accepted_is_kept_and_a_worker_is_woken(api: Served) -> None:
    ada = api.of("ada")
    answer = hand_in(ada)
    assert answer.status_code == 202
    made = answer.json()
    assert answer.headers["location"] == made["links"]["self"]
    assert made["state"] == "queued"
    assert made["owner"] == "ada"
    waiting = {"ahead": 0, "workers": 0, "usual_seconds": None, "at_most_seconds": None}
    assert ada.get(f"/submissions/{made['id']}").json() == {**made, "queue": waiting}
    assert api.woken == [True]


def test_an_archive_is_kept_as_it_is(api: Served) -> None:
    ada = api.of("ada")
    query = {"project": PROJECT, "name": "links.zip", "path": "my app"}
    answer = ada.post("/submissions/archives", params=query, content=b"PK\x05\x06" + b"\0" * 18)
    assert answer.status_code == 202, answer.text
    source = answer.json()["source"]
    assert source == {
        "kind": "archive",
        "location": "links.zip",
        "path": "my app",
        "ref": None,
        "commit": None,
    }


def test_archives_have_a_limit(api: Served) -> None:
    ada = api.of("ada")
    query = {"project": PROJECT}
    told = problem(ada.post("/submissions/archives", params=query, content=b"x" * 1_100_000), 413)
    assert told["title"] == "the archive is larger than 1 MiB"
    told = problem(ada.post("/submissions/archives", params=query), 422)
    assert told["code"] == "submission.upload_empty"
    form = {"file": ("app.zip", b"PK")}
    told = problem(ada.post("/submissions/archives", params=query, files=form), 422)
    assert "--data-binary" in str(told["hint"])
    assert ada.get("/submissions").json()["items"] == []


@pytest.mark.parametrize(
    ("fields", "code", "says"),
    [
        ({"project": "url_shortner_service"}, "usage.project_unknown", "url_shortening_service?"),
        ({"source": {"location": "git@host:a/b"}}, "submission.not_git", "begins with https://"),
        ({"source": {"location": "/etc/passwd"}}, "submission.not_git", "hand in an archive"),
        (
            {"source": {"location": "https://me:secret@git.example/a"}},
            "submission.credentials",
            "without them",
        ),
        ({"source": {}}, "request.invalid", "body.source.location"),
        ({"source": {"location": "https://h/\0"}}, "request.invalid", "pattern"),
        ({"seed": 1}, "request.invalid", "Extra inputs"),
    ],
)
def test_what_cannot_be_graded_is_refused_in_words(
    api: Served, fields: dict[str, object], code: str, says: str
) -> None:
    told = problem(hand_in(api.of("ada"), **fields), 422)
    assert told["code"] == code
    assert says in f"{told['title']} {told['hint']}"
    assert "secret" not in str(told)
    assert api.woken == []


def test_other_peoples_submissions_are_not_there(api: Served) -> None:
    ident = hand_in(api.of("ada")).json()["id"]
    bob = api.of("bob")
    for path in ("", "/events", "/report"):
        told = problem(bob.get(f"/submissions/{ident}{path}"), 404)
        assert told["code"] == "submission.not_found"
    problem(bob.post(f"/submissions/{ident}/cancel"), 404)
    assert bob.get("/submissions").json()["items"] == []
    assert bob.get("/submissions", params={"owner": "ada"}).json()["items"] == []
    eve = api.of("eve", Scope.INSTRUCTOR)
    assert eve.get(f"/submissions/{ident}").json()["owner"] == "ada"
    assert len(eve.get("/submissions", params={"owner": "ada"}).json()["items"]) == 1


def test_pages_show_everything_once(api: Served) -> None:
    ada = api.of("ada")
    made = [hand_in(ada).json()["id"] for _ in range(7)]
    for sort in ("created_at", "-created_at"):
        seen: list[str] = []
        cursor = None
        while True:
            query = {"limit": 3, "sort": sort} | ({"cursor": cursor} if cursor else {})
            page = ada.get("/submissions", params=query).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["cursor"]
            if cursor is None:
                break
        assert seen == sorted(made, reverse=sort.startswith("-"))
    told = problem(ada.get("/submissions", params={"cursor": "0" * 24}), 404)
    assert told["code"] == "submission.cursor"


def test_a_repeated_request_makes_nothing_new(api: Served) -> None:
    ada, bob = api.of("ada"), api.of("bob")
    key = {"Idempotency-Key": "push-17"}
    first = hand_in(ada, headers=key)
    again = hand_in(ada, headers=key)
    assert (again.status_code, again.json()) == (202, first.json())
    assert hand_in(bob, headers=key).json()["id"] != first.json()["id"], "each has their own keys"
    told = problem(hand_in(ada, headers=key, source={"location": "https://git.example/b"}), 422)
    assert told["code"] == "submission.key_reused"
    assert len(ada.get("/submissions").json()["items"]) == 1


def test_twenty_equal_requests_at_once_make_one_submission(api: Served) -> None:
    ada = api.of("ada")
    gate = threading.Barrier(20)
    answers: list[httpx.Response] = []

    def send() -> None:
        gate.wait()
        answers.append(hand_in(ada, headers={"Idempotency-Key": "k"}))

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_only_so_many_of_one_learner_may_wait(database: Database) -> None:
    with serve(database, Settings(most_waiting=3)) as api:
        ada, bob, eve = api.of("ada"), api.of("bob"), api.of("eve", Scope.INSTRUCTOR)
        first = hand_in(ada, headers={"Idempotency-Key": "1"}).json()["id"]
        assert [hand_in(ada).status_code for _ in range(3)] == [202, 202, 429]
        told = problem(hand_in(ada), 429)
        assert told["title"] == "3 of your submissions wait already, and no more may"
        again = hand_in(ada, headers={"Idempotency-Key": "1"})
        assert (again.status_code, again.json()["id"]) == (202, first), "it makes nothing new"
        assert hand_in(bob).status_code == 202
        assert {hand_in(eve).status_code for _ in range(5)} == {202}, "staff hand in for many"
        ada.post(f"/submissions/{first}/cancel")
        assert hand_in(ada).status_code == 202


def test_cancelling(api: Served) -> None:
    ada = api.of("ada")
    ident = hand_in(ada).json()["id"]
    ended = ada.post(f"/submissions/{ident}/cancel")
    assert (ended.status_code, ended.json()["state"]) == (200, "cancelled")
    assert ada.post(f"/submissions/{ident}/cancel").status_code == 200, "it may be repeated"
    told = problem(ada.get(f"/submissions/{ident}/report"), 404)
    assert told["title"] == f"submission '{ident}' has no report: it is cancelled"


def test_only_staff_has_a_grade_repeated(api: Served) -> None:
    ada, eve = api.of("ada"), api.of("eve", Scope.INSTRUCTOR)
    ident = hand_in(ada).json()["id"]
    told = problem(ada.post(f"/submissions/{ident}/rebuild"), 403)
    assert told["title"].startswith("a token of scope learner may not do that")
    assert problem(eve.post(f"/submissions/{ident}/rebuild"), 409)["code"] == "submission.not_ended"
    ada.post(f"/submissions/{ident}/cancel")
    again = eve.post(f"/submissions/{ident}/rebuild")
    assert (again.status_code, again.json()["state"]) == (202, "queued")
    assert again.json()["id"] == ident


def test_health(api: Served) -> None:
    with httpx.Client(base_url=api.url) as anybody:
        assert anybody.get("/healthz").json() == {"status": "ok"}
        assert anybody.get("/readyz").json() == {"status": "ok", "queued": 0, "places": 0}
        hand_in(api.of("ada"))
        assert anybody.get("/readyz").json()["queued"] == 1


def test_what_is_not_there_is_a_problem_too(api: Served) -> None:
    ada = api.of("ada")
    assert problem(ada.get("/nothing"), 404)["code"] == "request.no_route"
    told = problem(ada.patch("/submissions"), 405)
    assert told["title"] == "there is nothing at PATCH /api/v1/submissions"
    answer = ada.post("/submissions", content=b"{", headers={"Content-Type": "application/json"})
    assert problem(answer, 422)["code"] == "request.invalid"
