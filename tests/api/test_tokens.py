"""Tokens: shown once, kept as digests, refused in words."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from grader.access import issue
from grader.access.secret import new_secret, well_formed
from grader.domain.records import Scope
from grader.store import Database
from tests.api.served import Served, hand_in
from tests.api.test_submissions import problem

# Well formed, and made by nobody.
UNKNOWN = "gr_learner_0000000000000000000000000000002c8gJs"


def test_a_secret_is_shown_once_and_not_kept(api: Served) -> None:
    operator = api.of("root", Scope.OPERATOR)
    wanted = {"person": "ada", "scope": "learner", "name": "laptop", "days": 30}
    answer = operator.post("/tokens", json=wanted)
    assert answer.status_code == 201
    secret = answer.json()["secret"]
    assert secret.startswith("gr_learner_")
    assert secret not in operator.get("/tokens").text
    with api.database.reading() as session:
        kept = session.connection().exec_driver_sql("SELECT * FROM token").fetchall()
    assert secret not in str(kept)
    with api.with_header(f"Bearer {secret}") as ada:
        assert hand_in(ada).json()["owner"] == "ada"
        assert [row["name"] for row in ada.get("/tokens").json()["items"]] == ["laptop"]


def test_a_revoked_token_ends_at_once(api: Served) -> None:
    made = issue(api.database, "ada", Scope.LEARNER, "lost laptop")
    with api.with_header(f"Bearer {made.secret}") as ada:
        assert ada.get("/submissions").status_code == 200
        assert problem(api.of("bob").delete(f"/tokens/{made.token.id}"), 404)
        assert ada.delete(f"/tokens/{made.token.id}").status_code == 204
        told = problem(ada.get("/submissions"), 401)
    assert told["title"] == "the token 'lost laptop' was revoked"


def test_an_expired_token_says_so(api: Served) -> None:
    made = issue(api.database, "ada", Scope.LEARNER, "old", timedelta(microseconds=1))
    with api.with_header(f"Bearer {made.secret}") as ada:
        assert problem(ada.get("/submissions"), 401)["code"] == "access.expired"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "access.missing"),
        ("Basic YWRhOnB3", "access.missing"),
        ("Bearer", "access.missing"),
        ("Bearer nonsense", "access.malformed"),
        (f"Bearer {UNKNOWN}", "access.unknown"),
    ],
)
def test_without_a_token_that_may_be_used(api: Served, header: str | None, code: str) -> None:
    with api.with_header(header) as somebody:
        answer = somebody.get("/submissions")
    assert problem(answer, 401)["code"] == code
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_mistyped_token_is_known_by_its_checksum() -> None:
    secret = new_secret(Scope.ACTION)
    assert well_formed(secret)
    for at in range(len("gr_action_"), len(secret)):
        other = "a" if secret[at] != "a" else "b"
        assert not well_formed(secret[:at] + other + secret[at + 1 :])


def test_only_operators_make_tokens(api: Served) -> None:
    wanted = {"person": "eve", "scope": "operator", "name": "mine"}
    for scope in (Scope.LEARNER, Scope.ACTION, Scope.INSTRUCTOR):
        assert problem(api.of("eve", scope).post("/tokens", json=wanted), 403)


def test_a_token_in_the_query_is_none(api: Served, database: Database) -> None:
    made = issue(database, "ada", Scope.LEARNER, "x")
    answer = httpx.get(f"{api.url}/api/v1/submissions", params={"token": made.secret})
    assert problem(answer, 401)["code"] == "access.missing"
