"""How a grade ends when there is nothing to check: the verdict, and the words for it."""

from __future__ import annotations

import pytest

from grader.domain.verdicts import Fault, Outcome, Verdict
from tests.e2e.conftest import Grade
from tests.e2e.support import server

pytestmark = pytest.mark.engine

FLASK = "from flask import Flask\napp = Flask('x')\n"
IMPORTS_NOTHING = {"app.py": f"import nothing_of_that_name\n{FLASK}"}
SLEEPS = {
    "server.py": "import time\ntime.sleep(600)\n",
    "grader.toml": '[run]\nstart = "python server.py"\n',
}
ANSWERS_ONCE = (
    "server = HTTPServer(('127.0.0.1', 8000), Handler)\nserver.handle_request()\nos._exit(3)"
)
TWICE = (
    "import socket\nfirst = socket.socket()\nfirst.bind(('127.0.0.1', 5000))\nfirst.listen()\n"
    "HTTPServer(('127.0.0.1', 5000), Handler).serve_forever()"
)

# files, verdict, words of the title, words of the hint or log
ENDINGS: dict[str, tuple[dict[str, str], Verdict, str, str]] = {
    "a README only": (
        {"README.md": "# My blog\n"},
        Verdict.REJECTED,
        "no program in it, only README.md",
        "commit the program",
    ),
    "no project": (
        {"notes.txt": "soon", "data.csv": "1,2"},
        Verdict.REJECTED,
        "no project was found",
        "grader.toml",
    ),
    "a compose file": (
        {"docker-compose.yml": "services: {app: {image: python}}\n"},
        Verdict.REJECTED,
        "compose files are not read yet",
        "Dockerfile",
    ),
    "a base image that does not exist": (
        {"Dockerfile": "FROM no-such-image:1.2\nCMD true\n"},
        Verdict.BUILD_FAILED,
        "no-such-image:1.2",
        "python",
    ),
    "an empty Dockerfile": ({"Dockerfile": "\n"}, Verdict.BUILD_FAILED, "empty", ""),
    "a build step that fails": (
        {"Dockerfile": "FROM python:3.11-slim\nRUN echo half way && exit 7\n"},
        Verdict.BUILD_FAILED,
        "",
        "half way",
    ),
    "a package that does not exist": (
        {
            "app.py": "from flask import Flask\napp = Flask('x')\n",
            "requirements.txt": "flaskk==99\n",
        },
        Verdict.BUILD_FAILED,
        "",
        "flaskk",
    ),
    "a syntax error": (
        {"app.py": f"{FLASK}def broken(:\n"},
        Verdict.START_FAILED,
        "",
        "SyntaxError",
    ),
    "an import that fails": (
        IMPORTS_NOTHING,
        Verdict.START_FAILED,
        "stopped before it answered",
        "nothing_of_that_name",
    ),
    "no listening socket": (SLEEPS, Verdict.NEVER_READY, "listens on no port", ""),
    "a port already used": (server(TWICE), Verdict.START_FAILED, "", "5000"),
    "one request and dies": (server(ANSWERS_ONCE), Verdict.CRASHED, "stopped", ""),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_ending(name: str, grade: Grade) -> None:
    files, verdict, title, detail = ENDINGS[name]
    report = grade(files=files)
    assert report.problem is not None
    said = (report.problem.title, report.problem.hint, report.problem.log)
    assert report.verdict is verdict, said
    assert report.problem.fault is Fault.LEARNER, said
    assert title in report.problem.title, said
    assert detail in report.problem.hint + report.problem.log + report.problem.title, said
    assert report.problem.hint
    assert report.score.earned == 0
    assert report.score.undecided == 0


def test_empty_repository(grade: Grade, tmp_path_factory: pytest.TempPathFactory) -> None:
    report = grade(source=str(tmp_path_factory.mktemp("empty")))
    assert report.verdict is Verdict.REJECTED
    assert report.problem is not None
    assert report.problem.fault is Fault.LEARNER
    assert {criterion.outcome for criterion in report.criteria} == {Outcome.BLOCKED}


def test_missing_folder(grade: Grade) -> None:
    report = grade(source="./not/there")
    assert report.problem is not None
    assert report.problem.code == "source.not_found"
    assert "not/there" in report.problem.title


def test_our_own_fault_costs_nothing(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours in the middle leaves all points undecided."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("worker.grade.build", broken)
    report = grade(files={"app.py": "x = 1"})
    assert report.verdict is Verdict.GRADER_ERROR
    assert (report.score.earned, report.score.undecided) == (0, 100)
    assert report.problem is not None
    assert report.problem.fault is Fault.PLATFORM
    assert "a mistake of ours" in report.problem.log
