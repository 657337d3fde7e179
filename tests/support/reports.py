"""Reports to render: from perfect to hostile. All are made by the scoring rules, none by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from grader.domain.checks import CheckResult
from grader.domain.evidence import (
    Evidence,
    Finding,
    HttpExchange,
    LatencyRow,
    LatencySlice,
    LoadTable,
    LogTail,
)
from grader.domain.project import Criterion, Rubric
from grader.domain.report import (
    BuildSummary,
    HarnessRun,
    Note,
    PhaseTiming,
    ProjectSummary,
    Report,
)
from grader.domain.scoring import Ending, score
from grader.domain.submission import FetchedSource
from grader.domain.verdicts import Fault, HarnessKind, Outcome, Verdict
from tests.support.payloads import PAYLOADS

FUNCTIONAL, CONTRACT, LOAD = HarnessKind.FUNCTIONAL, HarnessKind.CONTRACT, HarnessKind.LOAD
ROWS: tuple[tuple[str, str, int, HarnessKind, tuple[str, ...], str], ...] = (
    (
        "posts.create",
        "Creates a post and answers with it",
        12,
        FUNCTIONAL,
        (),
        "POST /posts stores title, content, category and tags, and answers 201 with the post.",
    ),
    (
        "posts.get",
        "Reads one post by its id",
        8,
        FUNCTIONAL,
        ("posts.create",),
        "GET /posts/{id} answers 200 with all fields, tags as an array.",
    ),
    (
        "posts.update",
        "Updates a post",
        10,
        FUNCTIONAL,
        ("posts.get",),
        "PUT /posts/{id} stores the new fields; read the post back to see whether it did.",
    ),
    (
        "posts.timestamps",
        "Keeps createdAt and moves updatedAt when a post changes",
        6,
        FUNCTIONAL,
        ("posts.update",),
        "Set createdAt once, when the post is stored; set updatedAt at each update.",
    ),
    (
        "posts.missing",
        "Says so when a post does not exist",
        8,
        FUNCTIONAL,
        ("posts.create",),
        "Look the post up before you answer; 404 when it is not there.",
    ),
    (
        "posts.validation",
        "Refuses posts that are not complete or of the wrong type",
        10,
        FUNCTIONAL,
        ("posts.create",),
        "Check that title and content are there and are text before you store anything.",
    ),
    (
        "search.finds",
        "Finds posts by a word in title, content or category",
        10,
        FUNCTIONAL,
        ("posts.create",),
        "GET /posts?term=word keeps the posts whose title, content or category holds the word.",
    ),
    (
        "posts.persistence",
        "Keeps posts when the app restarts",
        6,
        FUNCTIONAL,
        ("posts.get",),
        "Store posts in a database file or service, not in a variable.",
    ),
    (
        "contract.no_server_errors",
        "Never answers 500, not to odd requests either",
        8,
        CONTRACT,
        ("posts.create",),
        "Repeat the request, find the exception in your log, and answer 400 or 404 instead.",
    ),
    (
        "contract.bodies",
        "Answers with the documented bodies",
        7,
        CONTRACT,
        ("posts.create",),
        "Compare the answer with the schema Post in openapi.yaml.",
    ),
    (
        "load.failures",
        "Answers every request under load",
        7,
        LOAD,
        ("posts.create",),
        "“database is locked” and refused connections are the usual failures.",
    ),
    (
        "load.latency",
        "Answers about as fast as a plain implementation",
        8,
        LOAD,
        ("posts.create",),
        "Look for a query per row, a connection that is opened again and again, or a sleep.",
    ),
)
RUBRIC = Rubric(
    criteria=tuple(
        Criterion(id=i, title=t, points=p, harness=h, needs=n, hint=hint, why="The brief asks so.")
        for i, t, p, h, n, hint in ROWS
    )
)
TITLES = {criterion.id: criterion.title for criterion in RUBRIC.criteria}


def exchange(
    method: str = "PUT",
    path: str = "/api/v1/posts/7",
    *,
    body: str | None = '{"title": "Second thoughts", "content": "New", "category": "Tech"}',
    status: int | None = 500,
    answer: str | None = '{"error":"Internal Server Error","post":{"id":7,"tags":[]}}',
    error: str | None = None,
) -> HttpExchange:
    """A request and its answer, as the kit records them."""
    url = f"http://localhost:8000{path}"
    data = f" -H 'Content-Type: application/json' -d '{body}'" if body else ""
    return HttpExchange(
        method=method,
        url=url,
        request_headers={"Accept": "application/json"},
        request_body=body,
        curl=f"curl -i -X {method} {url}{data}",
        status=status,
        response_headers={"content-type": "application/json"} if status else {},
        response_body=answer,
        error=error,
        elapsed_ms=14.2,
    )


def check(
    criterion_id: str,
    outcome: Outcome = Outcome.PASSED,
    *,
    name: str = "main",
    title: str = "",
    points: int | None = None,
    message: str = "",
    expected: str = "",
    actual: str = "",
    fault: Fault | None = None,
    evidence: Sequence[Evidence] = (),
) -> CheckResult:
    """One check of a criterion of :data:`RUBRIC`; it has all its points unless told otherwise."""
    criterion = RUBRIC.get(criterion_id)
    if fault is None and outcome is Outcome.FAILED:
        fault = Fault.LEARNER
    return CheckResult(
        id=f"{criterion_id}:{name}",
        criterion=criterion_id,
        title=title or criterion.title,
        points=criterion.points if points is None else points,
        outcome=outcome,
        fault=fault,
        message=message,
        expected=expected,
        actual=actual,
        hint=criterion.hint if outcome is Outcome.FAILED else "",
        evidence=tuple(evidence),
        seconds=0.043,
    )


def perfect() -> Report:
    """Nothing lost."""
    return report_of([check(criterion.id) for criterion in RUBRIC.criteria], load=load_table(1.1))


def middling() -> Report:
    """Several lost, one in part, one blocked, one undecided, contract findings, load lost."""
    table = load_table(3.4, failures=3)
    checks = [
        check("posts.create"),
        check("posts.get"),
        check(
            "posts.update",
            Outcome.FAILED,
            message="PUT /api/v1/posts/7 answered 500",
            expected="status 200",
            actual="status 500",
            evidence=[
                exchange(),
                exchange("POST", "/api/v1/posts", status=201, answer='{"id":7,"tags":["a"]}'),
            ],
        ),
        check("posts.missing"),
        check("posts.validation", name="empty", title="Refuses an empty title", points=5),
        check(
            "posts.validation",
            Outcome.FAILED,
            name="number",
            title="Refuses a number as title",
            points=5,
            message="POST /api/v1/posts answered 201 to a title that is a number",
            expected="status 400 or 422",
            actual="status 201",
            evidence=[
                exchange(
                    "POST",
                    "/api/v1/posts",
                    body='{"title": 7, "content": "…", "category": "Tech", "tags": []}',
                    status=201,
                    answer='{"id": 9, "title": 7}',
                )
            ],
        ),
        check("search.finds"),
        check(
            "posts.persistence",
            Outcome.ERRORED,
            fault=Fault.PLATFORM,
            message="the app's container could not be restarted",
        ),
        check(
            "contract.no_server_errors",
            Outcome.FAILED,
            message="two operations answered 500",
            expected="a status below 500",
            actual="status 500, 15 times",
            evidence=[
                Finding(
                    title="Server error",
                    operation="PUT /posts/{id}",
                    detail="The app answered 500 for null.\nExpected: 400 or 422\nGot: 500",
                    occurrences=14,
                    exchange=exchange(body='{"title": "a", "content": "b", "tags": null}'),
                ),
                Finding(
                    title="Server error",
                    operation="GET /posts",
                    detail="The app answered 500 when term holds a quote.",
                    exchange=exchange("GET", "/api/v1/posts?term=%27", body=None),
                ),
            ],
        ),
        check("contract.bodies"),
        check("load.failures", expected="at most 1 % fail", actual="6 of 944 requests failed"),
        check(
            "load.latency",
            Outcome.FAILED,
            message="95 of 100 answers took up to 41 ms, 3.4 times as long as the reference app's",
            expected="at most 2.5 times the reference app's 12 ms",
            actual="3.4 times: 41 ms",
            evidence=[table],
        ),
    ]
    return report_of(checks, load=table, notes=NOTES)


def only_contract() -> Report:
    """Everything works but one criterion of the contract, which has two findings."""
    broken = {c.id: c for c in middling().criteria}["contract.no_server_errors"].checks
    passed = [check(c.id) for c in RUBRIC.criteria if c.id != "contract.no_server_errors"]
    return report_of([*passed, *broken])


def harness_broke() -> Report:
    """The load harness broke, which is ours; what the others found counts."""
    ending = Ending(
        verdict=Verdict.GRADER_ERROR,
        fault=Fault.AUTHOR,
        code="harness.broken",
        title="the load harness of this project has a mistake; that is our fault, not yours",
        hint="tell the operator: the log below is for the harness's author",
        log="AttributeError: 'NoneType' object has no attribute 'get'",
    )
    checks = [
        check(c.id, Outcome.FAILED, message="GET /api/v1/posts/0 answered 200", expected="404")
        if c.id == "posts.missing"
        else check(c.id)
        for c in RUBRIC.criteria
        if c.harness is not LOAD
    ]
    return report_of(checks, endings={LOAD: ending}, problem=ending)


def partial_ending() -> Report:
    """The app crashed half way: what was learnt before counts."""
    ending = Ending(
        verdict=Verdict.CRASHED,
        fault=Fault.LEARNER,
        code="app.crashed",
        title="the app stopped with exit code 137 while it was being checked",
        hint="it used more than 512 MB of memory; read large data in parts",
        log="Killed",
    )
    checks = [
        check("posts.create"),
        check("posts.get"),
        check(
            "posts.missing",
            Outcome.FAILED,
            message="GET /api/v1/posts/0 got no answer",
            expected="status 404",
            actual="no answer",
            evidence=[exchange("GET", body=None, status=None, answer=None, error="it hung up")],
        ),
    ]
    return report_of(checks, endings=dict.fromkeys(HarnessKind, ending), problem=ending)


BUILD_LOG = """\
Step 5/7 : RUN pip install -r requirements.txt
 ---> Running in 3f2a9c1d7e44
Collecting flask==3.1.0
  Downloading flask-3.1.0-py3-none-any.whl (102 kB)
ERROR: Could not find a version that satisfies the requirement flask-limitr (from versions: none)
ERROR: No matching distribution found for flask-limitr
The command '/bin/sh -c pip install -r requirements.txt' returned a non-zero code: 1"""


def build_failed() -> Report:
    """The learner's build ended with an error: nothing could be checked."""
    ending = Ending(
        verdict=Verdict.BUILD_FAILED,
        fault=Fault.LEARNER,
        code="build.failed",
        title="`pip install -r requirements.txt` could not find a package called flask-limitr",
        hint="look at its spelling in requirements.txt: did you mean flask-limiter?",
        log=BUILD_LOG,
    )
    return _ended(ending, build=_build(log=BUILD_LOG), app_log=None)


def never_ready() -> Report:
    """The app started and answered nowhere."""
    ending = Ending(
        verdict=Verdict.NEVER_READY,
        fault=Fault.LEARNER,
        code="start.crashed",
        title="the app did not answer on any port within 30 s",
        hint="add `flask-limiter` to requirements.txt",
        log="ModuleNotFoundError: No module named 'flask_limiter'",
    )
    log = LogTail(title="What the app printed", text=TRACEBACK, dropped_lines=12)
    return _ended(ending, build=_build(), app_log=log)


def platform_error() -> Report:
    """We failed: nothing is lost, everything undecided."""
    ending = Ending(
        verdict=Verdict.GRADER_ERROR,
        fault=Fault.PLATFORM,
        code="grade.internal",
        title="grading ended early because of a mistake of ours",
        hint="have it graded again; if it happens twice, tell the operator what the log says",
        log="ConnectionResetError: [Errno 104] Connection reset by peer",
    )
    return _ended(ending, build=None, app_log=None)


def hostile() -> Report:
    """Every text is an attack, each payload of :data:`PAYLOADS` at several places."""
    ending = Ending(
        verdict=Verdict.CRASHED, fault=Fault.LEARNER, code="x", title="x", hint="x", log="x"
    )
    report = middling().model_copy(update={"problem": ending, "build": _build(log="x")})
    payloads = cycle(PAYLOADS)
    # The walk reaches few texts of some kinds; wide evidence gives every payload its place.
    many = tuple(HttpExchange(**_ATTACKED) for _ in range(4))
    findings = tuple(
        Finding(title="x", operation="x", detail="x", exchange=many[0]) for _ in range(6)
    )
    criteria = [
        criterion.model_copy(
            update={
                "checks": tuple(
                    c.model_copy(update={"evidence": (*c.evidence, *many, *findings)})
                    for c in criterion.checks
                )
            }
        )
        for criterion in report.criteria
    ]
    return Report.model_validate(
        _attacked(report.model_copy(update={"criteria": tuple(criteria)}).model_dump(), payloads)
    )


_ATTACKED: dict[str, Any] = {
    "method": "x",
    "url": "x",
    "curl": "x",
    "status": 200,
    "request_body": "x",
    "response_body": "x",
    "request_headers": {"x": "x"},
    "response_headers": {"x": "x"},
}
_KEPT = {"kind", "target", "schema_version", "criterion", "blocked_by"}


def _attacked(value: Any, payloads: Iterator[str], name: str = "") -> Any:
    """The same shape with a payload in place of every text that a program could choose."""
    if type(value) is str and name not in _KEPT:
        return next(payloads)
    if isinstance(value, dict):
        criterion = {"id"} if "blocked_by" in value else set()
        return {
            key: item if key in criterion else _attacked(item, payloads, key)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_attacked(item, payloads, name) for item in value]
    return value


EVERY = {
    make.__name__: make
    for make in (
        perfect,
        middling,
        only_contract,
        harness_broke,
        partial_ending,
        build_failed,
        never_ready,
        platform_error,
        hostile,
    )
}
"""All builders by name, for tests that visit each."""

TRACEBACK = """\
Traceback (most recent call last):
  File "/app/app.py", line 3, in <module>
    from flask_limiter import Limiter
ModuleNotFoundError: No module named 'flask_limiter'"""

NOTES = (
    Note(kind="assumption", text="Your API was found under /api/v1; the brief has it at /."),
    Note(kind="note", text='Lists come as {"data": […]}; that is accepted.'),
    Note(
        kind="warning",
        text="requirements.txt does not name gunicorn, which Procfile starts; it was added for "
        "this run.",
    ),
)


def load_table(ratio: float, failures: int = 0) -> LoadTable:
    """What a load test measured; the app is ``ratio`` times as slow as the calibration app."""
    plain = (("GET /posts/{id}", 2410, 4.1, 9.8), ("GET /posts", 803, 6.0, 12.2))
    app = [
        LatencyRow(
            name=name,
            requests=int(count / ratio),
            failures=failures,
            median_ms=median * ratio,
            p95_ms=p95 * ratio,
            p99_ms=p95 * ratio * 1.6,
            requests_per_s=count / ratio / 6,
        )
        for name, count, median, p95 in plain
    ]
    calibration = [
        LatencyRow(
            name=name,
            requests=count,
            failures=0,
            median_ms=median,
            p95_ms=p95,
            p99_ms=p95 * 1.5,
            requests_per_s=count / 6,
        )
        for name, count, median, p95 in plain
    ]
    wobble = (1.0, 1.12, 0.94, 1.05)
    slices = [
        LatencySlice(
            target="app" if turn % 2 else "calibration",
            start_s=turn * 1.6,
            seconds=1.5,
            requests=int(800 / (ratio if turn % 2 else 1)),
            failures=failures if turn == 5 else 0,
            median_ms=4.6 * (ratio if turn % 2 else 1) * wobble[turn % 4],
            p95_ms=12.0 * (ratio if turn % 2 else 1) * wobble[turn // 2],
        )
        for turn in range(8)
    ]
    errors = [f"GET /posts: 503 Service Unavailable ({failures} times)"] if failures else []
    return LoadTable(users=8, app=app, calibration=calibration, slices=slices, errors=errors)


def _build(log: str = "") -> BuildSummary:
    return BuildSummary(
        recipe="python",
        detected=("requirements.txt names Flask", "app.py makes an app called `app`"),
        start_command="gunicorn --bind 0.0.0.0:8000 app:app",
        base_image="python:3.12-slim",
        image_digest="" if log else "sha256:" + "7b1e" * 16,
        seconds=11.8,
        log=LogTail(title="Build log", text=log, dropped_lines=31) if log else None,
    )


def _ended(ending: Ending, *, build: BuildSummary | None, app_log: LogTail | None) -> Report:
    return report_of(
        [],
        endings=dict.fromkeys(HarnessKind, ending),
        problem=ending,
        build=build,
        app_log=app_log,
    )


APP_LOG = LogTail(
    title="What the app printed",
    text="[INFO] Listening at: http://0.0.0.0:8000 (7)\n"
    "[ERROR] Exception on /api/v1/posts/7 [PUT]\n"
    + TRACEBACK.replace("<module>", "update_post").replace("app.py", "posts.py")
    + '\n127.0.0.1 - - "PUT /api/v1/posts/7 HTTP/1.1" 500 265 "-" "python-httpx/0.28.1"',
    dropped_lines=214,
)


def report_of(
    checks: Sequence[CheckResult],
    *,
    endings: Mapping[HarnessKind, Ending] | None = None,
    problem: Ending | None = None,
    load: LoadTable | None = None,
    notes: tuple[Note, ...] = (),
    build: BuildSummary | None = None,
    app_log: LogTail | None = APP_LOG,
) -> Report:
    criteria, points = score(RUBRIC, checks, endings or {})
    return Report(
        id="019a8f3c2b1d5e7f90ab12cd",
        created_at=datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC),
        grader_version="0.1.0",
        project=ProjectSummary(
            slug="blogging_platform_api",
            title="Blogging Platform API",
            version="1.0",
            spec_digest="3c9d" * 16,
            harness_digest="a41f" * 16,
        ),
        source=FetchedSource(
            kind="git",
            location="https://git.example.org/learner/blog.git",
            ref="main",
            commit="9f3c2b7e41d05a86c7b9e2f4a1d3c5b7e9f01234",
            path="blogging platform",
            digest="5e2b" * 16,
            files=14,
            bytes=18_432,
        ),
        build=build or (None if problem else _build()),
        verdict=problem.verdict if problem else Verdict.GRADED,
        score=points,
        problem=problem,
        criteria=criteria,
        notes=notes,
        load=load,
        app_log=app_log,
        runs=()
        if problem
        else (
            HarnessRun(kind=FUNCTIONAL, seconds=3.4, ready_seconds=0.6, checks=9),
            HarnessRun(kind=CONTRACT, seconds=5.1, ready_seconds=0.6, checks=2),
            HarnessRun(kind=LOAD, seconds=13.2, ready_seconds=0.7, checks=2),
        ),
        phases=(
            PhaseTiming(name="fetching", start_s=0.0, seconds=0.4),
            PhaseTiming(name="building", start_s=0.4, seconds=11.8),
            PhaseTiming(name="starting", start_s=11.0, seconds=1.9),
            PhaseTiming(name="checking", start_s=12.9, seconds=18.6),
            PhaseTiming(name="scoring", start_s=31.5, seconds=0.002),
        ),
        seed=90210,
    )
