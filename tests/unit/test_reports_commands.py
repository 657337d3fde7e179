"""Command lines over several lines mean what they meant on one."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.reports.commands import over_lines


def arguments(command: str) -> list[str]:
    """What a POSIX shell makes of a command line."""
    shown = subprocess.run(
        ["sh", "-c", f"set -- {command}\nfor a; do printf '%s\\0' \"$a\"; done"],
        capture_output=True,
        check=True,
        text=True,
    )
    return shown.stdout.split("\0")[:-1]


def curl(body: str, header: str) -> str:
    url = shlex.quote("http://localhost:8000/posts")
    return f"curl -i -X POST {url} -H {shlex.quote(header)} -d {shlex.quote(body)}"


def test_headers_and_body_stand_on_lines_of_their_own() -> None:
    assert over_lines(curl('{"a": 1}', "Content-Type: application/json")).splitlines() == [
        "curl -i -X POST http://localhost:8000/posts \\",
        "  -H 'Content-Type: application/json' \\",
        "  -d '{\"a\": 1}'",
    ]


@pytest.mark.parametrize(
    "body",
    ["it's", "'", "''", " -H 'x'", "a' -d 'b", "\\", "line\nline", '$HOME `id` "q"', "-d", ""],
)
def test_a_shell_reads_the_same(body: str) -> None:
    command = curl(body, "X-Name: it's -d 'x'")
    assert arguments(over_lines(command)) == arguments(command) == shlex.split(command)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="'\"\\ -Hd\nx$", max_size=30), st.text(alphabet="'\" -dx:", max_size=20))
def test_a_shell_reads_the_same_whatever_the_body(body: str, header: str) -> None:
    command = curl(body, header)
    assert arguments(over_lines(command)) == arguments(command)
