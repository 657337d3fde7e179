"""The command line as a person meets it: words and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli.output import ExitCode, exit_code_of
from grader.domain.scoring import Ending, Score
from grader.domain.verdicts import Fault, Verdict
from grader.settings import Settings
from tests.support import reports

pytestmark = pytest.mark.engine


def grader(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the console script beside this Python."""
    script = Path(sys.executable).with_name("grader")
    variables = {**os.environ, "COLUMNS": "100", **env}
    return subprocess.run(
        [str(script), *words], capture_output=True, text=True, env=variables, check=False
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
    "unknown sample": (
        ["qualify", "blogging_platform_api", "--sample", "nope"],
        2,
        ["error: there is no sample called 'nope'", "reference"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_in_the_command(name: str, tmp_path: Path) -> None:
    words, code, said = MISTAKES[name]
    done = grader(*words)
    assert done.returncode == code, done.stderr
    for part in said:
        assert part in done.stderr
    assert "Traceback" not in done.stderr


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


def test_settings_lists_every_setting() -> None:
    out = grader("settings").stdout
    for name in Settings.model_fields:
        assert f"GRADER_{name.upper()}" in out


def test_version_and_help() -> None:
    assert grader("--version").stdout.startswith("grader ")
    for command in ("grade", "qualify", "doctor", "images", "demo"):
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
        (0, 100, OURS, None, ExitCode.OUR_FAULT),
        (0, 100, OURS, 50, ExitCode.OUR_FAULT),
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
