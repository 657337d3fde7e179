"""The command line as a person meets it: words and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.grade import _inside
from grader.cli.output import ExitCode, exit_code_of
from grader.domain.scoring import Ending, Score
from grader.domain.verdicts import Fault, Verdict
from grader.settings import Settings
from tests.support import reports

pytestmark = pytest.mark.engine


def grader(*words: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the console script beside this Python."""
    script = Path(sys.executable).with_name("grader")
    variables = {**os.environ, "COLUMNS": "100", **env}
    return subprocess.run(
        [str(script), *words], capture_output=True, text=True, env=variables, check=False, cwd=cwd
    )


# words, exit code, what standard error must say
MISTAKES = {
    "unknown project": (
        ["grade", ".", "--project", "url-shortening-servce"],
        2,
        [
            "error: there is no project called 'url-shortening-servce'",
            "hint: did you mean url_shortening_service?",
        ],
    ),
    "no project said": (
        ["grade", "."],
        2,
        ["error: it is not clear which project this is", "--project", "url_shortening_service"],
    ),
    "unknown format": (
        ["grade", ".", "--project", "blogging_platform_api", "--format", "pdf"],
        2,
        ["error: there is no report format called 'pdf'", "hint: use some of json"],
    ),
    "unknown option": (["grade", ".", "--projct", "x"], 2, ["--projct"]),
    "score out of range": (["grade", ".", "--min-score", "120"], 2, ["--min-score"]),
    "no such folder": (
        ["grade", "../nope", "--project", "blogging_platform_api"],
        2,
        ["error: there is no folder or archive at `../nope`", "hint: check the path"],
    ),
    "no such folder in it": (
        ["grade", ".", "--path", "nope", "--project", "blogging_platform_api"],
        2,
        ["error: there is no folder `nope` in it", "hint: "],
    ),
    "a ref of a folder": (
        ["grade", ".", "--ref", "main", "--project", "blogging_platform_api"],
        2,
        ["error: a ref (`main`) was asked for", "hint: leave --ref out"],
    ),
    "an address without http": (
        ["grade", "localhost:8000", "--project", "blogging_platform_api"],
        2,
        ["error: `localhost:8000` cannot be graded", "hint: "],
    ),
    "git over ssh": (
        ["grade", "git@example.org:ada/blog.git", "--project", "blogging_platform_api"],
        2,
        ["error: `git@example.org:ada/blog.git`", "hint: use https://example.org/ada/blog.git"],
    ),
    "unknown sample": (
        ["qualify", "blogging_platform_api", "--sample", "nope"],
        2,
        ["error: there is no sample called 'nope'", "reference"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_in_the_command(name: str, tmp_path: Path) -> None:
    """They are told on standard error, and an earlier report stays what it was."""
    words, code, said = MISTAKES[name]
    earlier = tmp_path / "grader-report" / "report.json"
    earlier.parent.mkdir()
    earlier.write_text("earlier")
    (tmp_path / "app.py").write_text("print('hello')\n")
    done = grader(*words, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert earlier.read_text() == "earlier"
    for part in said:
        assert part in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_that_is_not_there_is_nobodys_zero(tmp_path: Path) -> None:
    """Not graded: nothing was looked at, so nothing is lost."""
    out = tmp_path / "out"
    address = "git+http://127.0.0.1:9/ada/blog.git"
    done = grader(
        *("grade", address, "--project", "blogging_platform_api", "--report-dir", str(out))
    )
    assert done.returncode == 3, done.stderr
    assert "`127.0.0.1` does not answer" in done.stdout
    assert "Nothing was looked at, so no point is lost." in done.stdout
    written = json.loads((out / "report.json").read_text())
    assert written["verdict"] == "fetch_failed"
    assert written["score"] == {"earned": 0, "undecided": 100, "out_of_reach": 100, "possible": 100}


def test_no_engine_is_our_fault(tmp_path: Path) -> None:
    done = grader(
        "grade",
        str(tmp_path),
        "--project",
        "blogging_platform_api",
        GRADER_DOCKER_HOST=f"unix://{tmp_path}/none.sock",
    )
    assert done.returncode == 3
    assert "error: no container engine answers at unix://" in done.stderr
    assert "hint: run `grader doctor`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_submission_that_cannot_be_built(tmp_path: Path) -> None:
    """Graded with nothing: exit code 0 without a bar, 1 below one; the report is written."""
    folder, out = tmp_path / "mine", tmp_path / "out"
    folder.mkdir()
    (folder / "README.md").write_text("# Soon\n")
    project = ("--project", "blogging_platform_api")
    done = grader("grade", str(folder), *project, "--report-dir", str(out), "--min-score", "50")
    assert done.returncode == 1, done.stderr
    assert "0 of 100 points" in done.stdout
    assert "error: there is no program in it" in done.stdout
    assert "0 is below --min-score 50" in done.stderr
    written = {path.name for path in out.iterdir()}
    assert written == {
        "report.json",
        "report.html",
        "report.md",
        "report.junit.xml",
        "report.ctrf.json",
    }
    assert json.loads((out / "report.json").read_text())["verdict"] == "rejected"


def test_projects_lists_the_catalogue() -> None:
    out = grader("projects").stdout
    assert "url_shortening_service" in out
    assert "Blogging Platform API" in out


def test_projects_shows_what_one_asks_for() -> None:
    out = grader("projects", "url_shortening_service").stdout
    assert out.startswith("# URL Shortening Service")
    assert "- Finds a link by its short code (7 points)" in out
    assert "specs/url_shortening_service/openapi.yaml" in out
    wrong = grader("projects", "url_shortener")
    assert wrong.returncode == 2
    assert "did you mean url_shortening_service?" in wrong.stderr


def test_help_does_not_wait_for_the_worker() -> None:
    """What only grading needs is imported when something is graded."""
    code = "import sys, grader.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"docker", "worker", "schemathesis", "locust"} & set(done.stdout.split())


def test_settings_lists_every_setting() -> None:
    out = grader("settings").stdout
    for name in Settings.model_fields:
        assert f"GRADER_{name.upper()}" in out


def test_version_and_help() -> None:
    assert grader("--version").stdout.startswith("grader ")
    for command in ("grade", "serve", "worker", "qualify", "doctor", "images", "demo"):
        assert command in grader("--help").stdout


OURS = Ending(
    verdict=Verdict.GRADER_ERROR, fault=Fault.PLATFORM, code="x", title="ours", hint="again"
)


@pytest.mark.parametrize(
    ("earned", "undecided", "problem", "bar", "code"),
    [
        (100, 0, None, None, ExitCode.OK),
        (40, 0, None, None, ExitCode.OK),
        (40, 0, None, 50, ExitCode.BELOW_MIN_SCORE),
        (40, 20, None, 50, ExitCode.OK),
        (0, 100, OURS, None, ExitCode.NOT_GRADED),
        (0, 100, OURS, 50, ExitCode.NOT_GRADED),
        (80, 20, OURS, 50, ExitCode.OK),
    ],
)
def test_exit_codes(
    earned: float, undecided: float, problem: Ending | None, bar: float | None, code: ExitCode
) -> None:
    report = reports.perfect().model_copy(
        update={
            "score": Score(earned=earned, undecided=undecided, possible=100),
            "problem": problem,
        }
    )
    assert exit_code_of(report, bar) is code


@pytest.mark.parametrize(
    ("earned", "ours", "bar", "code"),
    [
        (78, 0, 100, ExitCode.OK),
        (39, 0, 50, ExitCode.OK),
        (38, 0, 50, ExitCode.BELOW_MIN_SCORE),
        (38, 2, 50, ExitCode.OK),
    ],
)
def test_the_bar_of_an_app_at_a_url(earned: float, ours: float, bar: float, code: ExitCode) -> None:
    """It is that of the points which such an app can earn."""
    score = Score(earned=earned, undecided=22 + ours, out_of_reach=22, possible=100)
    assert exit_code_of(reports.perfect().model_copy(update={"score": score}), bar) is code


def test_earlier_reports_are_no_part_of_the_folder(tmp_path: Path) -> None:
    assert _inside(tmp_path / "mine" / "grader-report", tmp_path / "mine") == "grader-report"
    assert _inside(tmp_path / "mine" / "out" / "now", tmp_path / "mine") == "out/now"
    assert _inside(tmp_path / "elsewhere", tmp_path / "mine") == ""
    assert _inside(tmp_path / "mine", tmp_path / "mine") == ""
