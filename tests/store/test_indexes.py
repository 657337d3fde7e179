"""Every query that a list, a queue or a worker makes goes through an index, however many rows."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, insert, text
from sqlmodel import Session

from grader.domain.records import State
from grader.store import Database, kept, leases, submissions
from grader.store.submissions import Filter
from grader.store.tables import SubmissionRow
from tests.store.test_leases import add, later

ROWS = 20_000
STATES = [*[State.DONE] * 96, State.QUEUED, State.RUNNING, State.CANCELLED, State.PARKED]


def fill(database: Database) -> None:
    """Many submissions of many people, most of them graded long ago."""
    (first,) = add(database)
    with database.writing() as session:
        pattern = session.get(SubmissionRow, first)
        assert pattern
        now = database.now(session)
        rows = [
            pattern.model_dump()
            | {
                "id": f"{number:024x}",
                "owner": "ada",
                "project": f"project_{number % 31}",
                "state": STATES[number % len(STATES)],
                "turn": number,
                "started_at": now,
                "ended_at": now,
                "earned": float(number % 101),
                "lease_until": now,
            }
            for number in range(ROWS)
        ]
        session.execute(insert(SubmissionRow), rows)
    with database.writer.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


@contextmanager
def queries(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The queries that are sent meanwhile."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE")) and "submission" in statement:
            sent.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def whole_table(database: Database, statement: str, values: Any) -> list[str]:
    """The steps of a query's plan that read all of a table."""
    with database.engine.connect() as connection:
        if database.sqlite:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = [str(row[3]) for row in plan]
            return [step for step in steps if step == "SCAN submission"]
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values)
        found = plan.scalar_one()
        root = found if isinstance(found, list) else json.loads(found)
        return [node for node in _nodes(root[0]["Plan"]) if node == "Seq Scan on submission"]


def _nodes(plan: dict[str, Any]) -> Iterator[str]:
    yield f"{plan['Node Type']} on {plan.get('Relation Name', '')}"
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def ask_everything(session: Session, database: Database) -> None:
    """Each query of the service, in every form that a client can ask for."""
    after = submissions.get(session, f"{ROWS // 2:024x}")
    some = [None, "ada"], [None, "project_7"], [None, State.QUEUED, State.DONE]
    for owner, project, state in itertools.product(*some):
        which = Filter(owner, project, state)
        for sort in ("-created_at", "created_at", "-score", "score"):
            for place in (None, after):
                submissions.page(session, which, sort, place, 50)
    queued = submissions.page(session, Filter(state=State.QUEUED), "created_at", None, 1)
    submissions.ahead_of(session, queued[0].id)
    submissions.queued(session)
    submissions.recent_seconds(session)
    submissions.next_turn(session, "ada")
    submissions.newest_events(session, [queued[0].id])
    kept.events_after(session, queued[0].id, 0, 100)


def test_no_query_reads_all_submissions(database: Database) -> None:
    fill(database)
    with queries(database) as sent:
        with database.reading() as session:
            ask_everything(session, database)
        with database.writing() as session:
            claimed = leases.claim(session, "w", database.now(session))
            assert claimed
            leases.renew(session, claimed[0], database.now(session))
            leases.add_events(session, claimed[0], [("note", {})], database.now(session))
            leases.expire(session, later(database, -3600))
    assert len(sent) > 90
    slow = {
        statement: found
        for statement, values in sent
        if (found := whole_table(database, statement, values))
    }
    assert slow == {}


def test_the_plan_of_a_query_without_an_index_is_noticed(database: Database) -> None:
    fill(database)
    statement = "SELECT count(*) FROM submission WHERE location = 'x'"
    assert whole_table(database, statement, ())
