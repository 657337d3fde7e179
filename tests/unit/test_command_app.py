"""What an image's program is, and as which words it is started."""

from __future__ import annotations

from typing import Any

import pytest

from worker.sandbox.app import AppSpec
from worker.sandbox.command_app import program_of, unshelled


def words(**config: Any) -> tuple[str, ...]:
    return program_of(AppSpec(image="x"), config).words


def test_arguments_take_the_place_of_cmd() -> None:
    assert words(Entrypoint=["python", "t.py"], Cmd=["--help"]) == ("python", "t.py")
    assert words(Cmd=["python", "t.py"]) == ("python", "t.py")


def test_script_of_an_official_image_starts_what_follows_it() -> None:
    found = words(Entrypoint=["docker-entrypoint.sh"], Cmd=["node", "t.js"])
    assert found == ("docker-entrypoint.sh", "node", "t.js")


def test_plan_wins_over_image() -> None:
    spec = AppSpec(image="x", command=("node", "t.js"))
    assert program_of(spec, {"Entrypoint": ["other"]}).words == ("node", "t.js")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("python t.py", ("python", "t.py")),
        ("exec python 'my file.py'", ("python", "my file.py")),
        ("cd x && ./run", ("sh", "-c", 'cd x && ./run "$@"', "sh")),
        ("A=1 python t.py", ("sh", "-c", 'A=1 python t.py "$@"', "sh")),
        ('./run "$@" > log', ("sh", "-c", './run "$@" > log', "sh")),
    ],
)
def test_arguments_get_through_a_shell(line: str, expected: tuple[str, ...]) -> None:
    assert unshelled(("sh", "-c", line)) == expected


def test_module_is_found_from_elsewhere() -> None:
    config = {"Cmd": ["python", "-m", "pkg"], "WorkingDir": "/src"}
    assert program_of(AppSpec(image="x"), config).environment["PYTHONPATH"] == "/src"
    given = config | {"Env": ["PYTHONPATH=/lib"]}
    assert program_of(AppSpec(image="x"), given).environment["PYTHONPATH"] == "/lib"


def test_home_is_the_checks_own() -> None:
    program = program_of(AppSpec(image="x"), {"Cmd": ["t"], "Env": ["HOME=/root", "A=b"]})
    assert program.environment["HOME"] == "/sandbox/home"
    assert program.environment["A"] == "b"
