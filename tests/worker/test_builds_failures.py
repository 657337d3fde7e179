"""What a learner reads after a failed build, and whose fault it is. Logs as tools print them."""

import pytest

from grader.domain.verdicts import Fault, Verdict
from grader.settings import Settings
from tests.support.trees import plan_of
from worker.builds.failures import explain, log_tail, remarks
from worker.builds.hints import clean, hint
from worker.builds.plan import BuildPlan, ResolvedBase
from worker.sandbox.image_build import BuildEnd, BuildError

HINTS = {
    "Error: pg_config executable not found.": "psycopg2-binary instead of psycopg2",
    "Exception: Can not find valid pkg-config name.": "PyMySQL instead of mysqlclient",
    "error: command 'gcc' failed: No such file or directory": "has to be compiled",
    "error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'": "has to be compiled",
    "  cause: Because flaskk was not found in the package registry and": "no package called flaskk",
    "  cause: Because there is no version of flask==99.1 and you": "no such version of flask==99.1",
    "ERROR: No matching distribution found for flask==99": "no version that fits flask==99",
    "Because the current Python version (3.11.2) does not satisfy Python>=3.12 and django==6.0 "
    "depends on Python>=3.12, we can": "django==6.0 needs Python >=3.12",
    "ERROR: Ignored the following versions that require a different python version: "
    "5.9 Requires-Python <3; 6.0 Requires-Python >=3.12; 6.1 Requires-Python >=3.12\n"
    "ERROR: Could not find a version that satisfies the requirement django==6.0\n"
    "ERROR: No matching distribution found for django==6.0": "django 6.0 needs Python >=3.12",
    "error: No solution found when resolving dependencies": "do not fit together",
    "error: Couldn't parse requirement in `requirements.txt` at position 0": "cannot be read",
    "SyntaxError: '(' was never closed": "mistake: '(' was never closed",
    'npm error Missing script: "build"': 'add a script "build"',
    "npm error 404  'expres@1' is not in this registry.": "npm has no package expres:",
    "npm ERR! 404  '@a/b@^1.0.0' is not in this registry.": "npm has no package @a/b:",
    "npm error notarget No matching version found for express@^9.": "version of express@^9:",
    "npm error code ERESOLVE": "versions in package.json do not fit",
    "npm error code EUSAGE": "package-lock.json does not match",
    "npm error code EJSONPARSE": "no valid JSON",
    "src/a.ts(1,7): error TS2322: Type": "TypeScript found a mistake",
    "COPY failed: file not found in build context or excluded by .dockerignore: "
    "stat app/x.py: file does not exist": "app/x.py is not in the repository",
    "E: Unable to locate package nosuch": "Debian has no package nosuch",
    "curl: (56) CONNECT tunnel failed, response 403": "reach package registries",
    "<urlopen error Tunnel connection failed: 403>": "reach package registries",
    "ModuleNotFoundError: No module named 'x'": "No module named 'x'",
    "/bin/sh: 1: cargo: not found": "no program cargo",
    "/bin/bash: line 1: cargo: command not found": "no program cargo",
    "something else": "the last lines of the log say why",
}


@pytest.mark.parametrize("log", HINTS)
def test_hint(log: str) -> None:
    assert HINTS[log] in hint(log)


ENDS = {
    BuildEnd.FAILED: Verdict.BUILD_FAILED,
    BuildEnd.TIMEOUT: Verdict.BUILD_TIMEOUT,
    BuildEnd.MEMORY: Verdict.LIMIT_EXCEEDED,
    BuildEnd.PIDS: Verdict.LIMIT_EXCEEDED,
    BuildEnd.DISK: Verdict.LIMIT_EXCEEDED,
    BuildEnd.OUTPUT: Verdict.LIMIT_EXCEEDED,
    BuildEnd.CANCELLED: Verdict.CANCELLED,
}


def plan(recipe: str = "dockerfile", base: ResolvedBase | None = None) -> BuildPlan:
    return BuildPlan(recipe, "", "", bases=(base,) if base else ())


@pytest.mark.parametrize("kind", BuildEnd)
def test_every_way_to_end_has_words_and_names_the_step(kind: BuildEnd) -> None:
    failed = BuildError(kind, "RUN make", "512 MiB written", "line one\nline two\n")
    error = explain(failed, plan(), Settings())
    assert error.verdict is ENDS[kind]
    assert error.fault is Fault.LEARNER
    assert "RUN make" in error.title
    assert error.log == "line one\nline two"


def test_steps_of_ours_are_named_by_what_they_do() -> None:
    flask = "from flask import Flask\napp = Flask('x')"
    ours = plan_of({"app.py": flask})
    step = next(line for line in ours.dockerfile.splitlines() if line.startswith("RUN "))
    error = explain(BuildError(BuildEnd.FAILED, step, "", ""), ours, Settings())
    assert error.title == "the build failed in: the installation of the dependencies"


BASES = {
    "older": (ResolvedBase("python:3.12", "b", "", downgraded=True), "anything", Fault.PLATFORM),
    "newer": (ResolvedBase("python:3.10", "b", "", note="x"), "anything", Fault.LEARNER),
    "no apk": (
        ResolvedBase("python:3-alpine", "b", "", lacks=("apk",)),
        "/bin/sh: 1: apk: not found",
        Fault.PLATFORM,
    ),
    "no compiler": (
        ResolvedBase("python:3.11", "b", "", lacks=("compilers", "git")),
        "error: command 'gcc' failed: No such file or directory",
        Fault.PLATFORM,
    ),
    "something else": (
        ResolvedBase("python:3.11", "b", "", lacks=("compilers", "git")),
        "ModuleNotFoundError: No module named 'x'",
        Fault.LEARNER,
    ),
}


@pytest.mark.parametrize("name", BASES)
def test_what_stands_in_for_a_base_is_our_fault(name: str) -> None:
    base, log, fault = BASES[name]
    error = explain(BuildError(BuildEnd.FAILED, "RUN x", "", log), plan(base=base), Settings())
    assert error.fault is fault


def test_log_is_text() -> None:
    raw = "\x1b[31mred\x1b[0m\r\n10%\r100%\n\x07bell\n ---> 0123456789ab\nStep 1/1 : x\n"
    assert log_tail(raw).text == "red\n100%\nbell\nStep 1/1 : x"


def test_log_hides_nothing_and_keeps_no_password() -> None:
    raw = "no\x00thing \u202eback\u200b\nhttps://me:secret-word@git.example/\n"
    assert log_tail(raw).text == "no\ufffdthing ⟨U+202E⟩back\nhttps://me:…@git.example/"


def test_log_is_a_tail() -> None:
    tail = log_tail("".join(f"line {number}\n" for number in range(100)))
    assert tail.dropped_lines == 60
    assert tail.text.startswith("line 60\n")


def test_learner_is_told_what_had_to_be_compiled() -> None:
    log = (
        "A package has no ready-made build for this Python; compiling it with: gcc\n"
        "   Building psutil==5.9.0\n      Built psutil==5.9.0\n"
    )
    assert "so psutil==5.9.0 was compiled" in remarks(log)[0].text
    assert remarks("all fine") == []


def test_clean_keeps_other_languages() -> None:
    assert clean("größer ✓ 日本") == "größer ✓ 日本"
