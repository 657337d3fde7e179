"""The load harness as a worker meets it: processes that speak the protocol."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.domain.events import Broken, Finished, NotReady, Ready
from grader.domain.evidence import HttpExchange
from grader.domain.verdicts import Fault, HarnessKind, Outcome
from harnesses.kit.load import words
from tests.support.harness_process import harness
from tests.support.load_phase import Side, drive, project, take_turns, write_scenario
from worker.runners.load_judge import judge

pytestmark = pytest.mark.alone


@pytest.fixture(autouse=True)
def _scenario(tmp_path: Path) -> None:
    write_scenario(tmp_path)


def judged(app: Side, calibration: Side) -> dict[str, Outcome]:
    """Every criterion's outcome, by measure."""
    results, _ = judge(app.plan, app.project.rubric, app.slices, calibration.slices, app.checks)
    found = {check.criterion: check for check in [*app.checks, *results]}
    return {name.removeprefix("load."): check.outcome for name, check in found.items()}


def lost(app: Side, calibration: Side) -> set[str]:
    return {name for name, outcome in judged(app, calibration).items() if outcome != "passed"}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("app", set()),
        ("sleepy", {"p95_ratio", "throughput_ratio"}),
        ("scanning", {"p95_ratio"}),
    ],
)
def test_speed_is_compared(tmp_path: Path, mode: str, expected: set[str]) -> None:
    app, calibration = take_turns(tmp_path, mode, project(slices=3, seconds=0.8))
    found = judged(app, calibration)
    if mode == "scanning":
        del found["throughput_ratio"]  # near its limit, so either outcome is right
    assert {name for name, outcome in found.items() if outcome is not Outcome.PASSED} == expected


def test_what_a_slice_says(tmp_path: Path) -> None:
    side = drive(tmp_path, "app", project())
    kinds = [event.type for event in side.events]
    assert kinds == ["planned", "ready", "slice_done", "slice_done", "check_finished", "finished"]
    for index, one in enumerate(side.slices):
        assert one.index == index
        assert 0.5 <= one.seconds < 0.8
        assert [row.name for row in one.rows] == ["GET /things/{key}", "POST /things"]
        assert sum(row.requests for row in one.rows) == one.total.requests > 40
        assert sum(map(len, one.samples_ms.values())) == one.total.requests
        assert one.total.median_ms <= one.total.p95_ms <= one.total.p99_ms <= 1000
        assert one.errors == {}
    assert [check.outcome for check in side.checks] == [Outcome.PASSED]


@pytest.mark.parametrize("mode", ["enveloped", "slashed", "closing"])
def test_accepted_ways_cost_nothing(tmp_path: Path, mode: str) -> None:
    side = drive(tmp_path, mode, project())
    assert [check.outcome for check in side.checks] == [Outcome.PASSED]
    assert [one.errors for one in side.slices] == [{}, {}]
    assert sum(one.total.failures for one in side.slices) == 0


def test_failures_are_counted_apart_from_wrong_answers(tmp_path: Path) -> None:
    side = drive(tmp_path, "failing", project())
    assert [check.outcome for check in side.checks] == [Outcome.PASSED]
    requests = sum(one.total.requests for one in side.slices)
    failures = sum(one.total.failures for one in side.slices)
    assert 0.05 < failures / requests < 0.4
    assert {words for one in side.slices for words in one.errors} == {"status 500"}


def test_answers_that_get_mixed_up_are_wrong(tmp_path: Path) -> None:
    side = drive(tmp_path, "mixed", project())
    (check,) = side.checks
    assert (check.outcome, check.fault) == (Outcome.FAILED, Fault.LEARNER)
    assert "answers were wrong with several users at once, for example: “name”" in check.message
    assert check.expected.startswith("thing ")
    assert check.hint
    exchange = check.evidence[0]
    assert isinstance(exchange, HttpExchange)
    assert exchange.curl == f"curl -i http://localhost:{side.port}/things/{exchange.url[-1]}"
    assert sum(one.total.failures for one in side.slices) == 0
    wrong = "wrong answer: “name” in the answer to GET /things/{key} has the wrong value"
    assert {text for one in side.slices for text in one.errors} == {wrong}


def test_lost_counts_are_found_afterwards(tmp_path: Path) -> None:
    (check,) = drive(tmp_path, "forgetful", project()).checks
    assert check.outcome is Outcome.FAILED
    assert check.message == "With several users at once: the count of a thing has the wrong value"
    assert int(check.actual) < int(check.expected)


def test_an_app_that_is_wrong_alone_earns_nothing_for_its_speed(tmp_path: Path) -> None:
    side = drive(tmp_path, "nameless", project())
    assert not any(isinstance(event, Ready) for event in side.events)
    assert {check.outcome for check in side.checks} == {Outcome.FAILED}
    assert {check.message for check in side.checks} == {
        "The load test could not begin: the answer to GET /things/{key} has no “name”, even alone, "
        "and “show” is 90 % of what users do"
    }
    assert len(side.checks) == 4


def test_an_app_that_dies(tmp_path: Path) -> None:
    app, calibration = take_turns(tmp_path, "dying", project())
    assert words.refused(app.slices[-1].errors) > app.slices[-1].total.requests / 2
    results, table = judge(app.plan, app.project.rubric, app.slices, calibration.slices, app.checks)
    assert len(results) == 4
    for result in results:
        assert (result.outcome, result.fault) == (Outcome.FAILED, Fault.LEARNER)
        assert result.message.startswith("Your app ended under load, in round ")
    assert len(table.slices) == 4


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("huge", words.TOO_LONG.format(mebibytes=2)),
        ("endless", words.TOO_MANY_HEADERS),
        ("interim", words.TOO_MANY_HEADERS),
        ("garbled", words.NO_HTTP),
    ],
)
def test_hostile_answers_are_failures_and_stay_small(tmp_path: Path, mode: str, text: str) -> None:
    memory: list[int] = []
    side = drive(tmp_path, mode, project(), after_slice=lambda pid: memory.append(_peak(pid)))
    assert all(one.errors[text] > 0 for one in side.slices)
    assert all(one.seconds < 5 for one in side.slices)
    assert max(memory) < 200 * 1024, "kilobytes"


def _peak(pid: int) -> int:
    """The most memory the process ever had, in kilobytes (proc(5), VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def test_nothing_listens(tmp_path: Path) -> None:
    found: list[set[str]] = []
    drive(
        tmp_path,
        "app",
        project(),
        after_slice=lambda pid: found.append(_sockets(pid) & _listening()),
    )
    assert found == [set(), set()]


def _sockets(pid: int) -> set[str]:
    """Inodes of the process's sockets."""
    links = [str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir()]
    return {link.removeprefix("socket:[").rstrip("]") for link in links if "socket:" in link}


def _listening() -> set[str]:
    """Inodes of all TCP sockets that listen (proc(5): state 0A, the inode is the tenth field)."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in _table(name)]
    return {fields[9] for fields in lines if fields[3] == "0A"}


def _table(name: str) -> list[str]:
    return Path(f"/proc/net/{name}").read_text().splitlines()[1:]


def test_an_app_that_hangs_ends_the_slice_in_time(tmp_path: Path) -> None:
    app, calibration = take_turns(tmp_path, "hanging", project(slices=2))
    assert all(one.seconds < 7 for one in app.slices)
    assert max(max(times) for times in app.slices[-1].samples_ms.values()) >= 5_000
    found = judged(app, calibration)
    assert {name for name, outcome in found.items() if outcome is Outcome.FAILED} == {
        "failures",
        "p95_ratio",
        "throughput_ratio",
    }


def test_a_rate_limit_costs_nothing(tmp_path: Path) -> None:
    app, calibration = take_turns(tmp_path, "limited", project())
    assert all(one.total.failures == 0 for one in app.slices)
    assert words.limited(app.slices[-1].errors) == app.slices[-1].total.requests
    assert set(judged(app, calibration).values()) == {Outcome.ERRORED}


@pytest.mark.parametrize(
    ("mode", "outcome", "message"),
    [
        (
            "broken",
            Outcome.FAILED,
            "The load test could not begin: POST /things answered 500, not 201 or 200",
        ),
        ("limitedatonce", Outcome.ERRORED, "POST /things was refused for too many requests"),
    ],
)
def test_an_app_that_cannot_be_filled(
    tmp_path: Path, mode: str, outcome: Outcome, message: str
) -> None:
    side = drive(tmp_path, mode, project())
    assert not any(isinstance(event, Ready) for event in side.events)
    assert isinstance(side.events[-1], Finished)
    assert {(check.outcome, check.message) for check in side.checks} == {(outcome, message)}
    results, _ = judge(side.plan, side.project.rubric, [], [], side.checks)
    assert results == []
    assert len(side.checks) == 4


def test_an_app_that_never_listens(tmp_path: Path) -> None:
    with harness(HarnessKind.LOAD, tmp_path) as process:
        side = Side(process, project(), 1, ready_timeout=0.3)
        assert not side.start()
    assert isinstance(side.events[-1], NotReady)


MISTAKES = {
    "no file": (None, "no load.py"),
    "no scenario": ("x = 1", "must define one LoadScenario, it defines 0"),
    "an import that fails": ("import nothing_of_that_name", "nothing_of_that_name"),
    "no task": ("class Things(LoadScenario): pass", "has no method with @task"),
    "prepare fails": (
        "class Things(LoadScenario):\n"
        "    def prepare(self, api): self.nothing\n"
        "    @task(1)\n"
        "    def look(self, user): pass",
        "AttributeError",
    ),
    "a task fails": (
        "class Things(LoadScenario):\n    @task(1)\n    def look(self, user): 1 / 0",
        "ZeroDivisionError",
    ),
    "after fails": (
        "class Things(LoadScenario):\n"
        "    @task(1)\n"
        "    def look(self, user): user.post('/things', json={})\n"
        "    def after(self, api): 1 / 0",
        "ZeroDivisionError",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_of_the_author_are_named(tmp_path: Path, name: str) -> None:
    source, text = MISTAKES[name]
    if source is None:
        (tmp_path / "tiny" / "load.py").unlink()
    else:
        imports = "from harnesses.kit.load import LoadScenario, task\n"
        write_scenario(tmp_path, imports + source)
    last = drive(tmp_path, "app", project(slices=1)).events[-1]
    assert isinstance(last, Broken)
    assert last.fault is Fault.AUTHOR
    assert text in last.text
