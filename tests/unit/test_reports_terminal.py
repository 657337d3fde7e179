"""The report on a terminal."""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader.domain.evidence import HttpExchange
from grader.domain.report import Report
from grader.domain.text import clean
from grader.reports import print_report, render_terminal
from grader.reports.terminal import CURL_CHARS
from grader.reports.view import view
from tests.support import reports
from tests.support.snapshots import assert_snapshot

COMMAND = re.compile(r"^  curl .*(?:(?<=\\)\n    -.*)*", re.MULTILINE)
SNAPSHOTS = Path(__file__).parent / "snapshots"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", ["middling", "build_failed", "platform_error", "partial_ending"])
def test_it_reads_as_agreed(name: str) -> None:
    text = render_terminal(reports.EVERY[name](), width=80)
    assert_snapshot(SNAPSHOTS / f"report_{name}.txt", text)


def hostile_commands(report: Report) -> list[str]:
    """What stands where a command would, and is not wrapped either."""
    first = view(report).first
    if first is None:
        return []
    proof = first.proofs[0]
    stepped = [step.interaction for step in proof.steps]
    shown = [proof.exchange, *stepped, *(finding.exchange for finding in proof.findings)]
    curls = [one.curl for one in shown if isinstance(one, HttpExchange) and one.curl]
    return [clean(curl, CURL_CHARS) for curl in curls]


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", reports.EVERY)
def test_no_line_is_longer_than_the_terminal(name: str, width: int) -> None:
    report = reports.EVERY[name]()
    text = COMMAND.sub("", render_terminal(report, width=width))
    for command in hostile_commands(report):
        text = text.replace(f"  {command}", "")
    lines = text.splitlines()
    assert [line for line in lines if cell_len(line) > width] == []


def test_a_command_can_be_copied() -> None:
    found = COMMAND.findall(render_terminal(reports.middling(), width=40))
    assert shlex.split(found[0].replace("\\\n", "")) == shlex.split(reports.exchange().curl)


@pytest.mark.parametrize("name", reports.EVERY)
def test_plain_text_holds_no_control_characters(name: str) -> None:
    text = render_terminal(reports.EVERY[name]())
    text.encode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    piped, shown = io.StringIO(), Terminal()
    print_report(reports.middling(), piped)
    print_report(reports.middling(), shown)
    assert "\x1b[" not in piped.getvalue()
    assert "\x1b[" in shown.getvalue()
    bare = re.sub(r"\x1b\[[0-9;]*m", "", shown.getvalue())
    assert [line.rstrip() for line in bare.splitlines()] == [
        line.rstrip() for line in piped.getvalue().splitlines()
    ]


def test_a_terminal_that_knows_ascii_only_is_enough() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_report(reports.middling(), stream)
    stream.flush()
    assert b"57 of 100 points" in stream.buffer.getvalue()  # type: ignore[attr-defined]


def test_markup_of_the_learner_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    report = reports.middling()
    project = report.project.model_copy(update={"title": "[bold]x[/bold] :smile: [/nope]"})
    out = io.StringIO()
    print_report(report.model_copy(update={"project": project}), out)
    assert "[bold]x[/bold] :smile: [/nope]" in out.getvalue()


def test_a_runner_reads_no_command_from_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    out = io.StringIO()
    print_report(reports.hostile(), out)
    lines = out.getvalue().splitlines()
    stop = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", lines[0])
    assert stop is not None
    assert lines[-1] == f"::{stop[1]}::"
    assert [line for line in lines[1:-1] if stop[1] in line] == []


def test_no_traceback_of_ours_is_shown() -> None:
    report = reports.platform_error()
    assert report.problem is not None
    log = "Traceback (most recent call last):\n  File \"grade.py\", line 1\nKeyError: 'x'"
    ending = report.problem.model_copy(update={"log": log})
    text = render_terminal(report.model_copy(update={"problem": ending}))
    assert "Traceback" not in text
    assert "KeyError: 'x'" in text
