"""Calls of a program as evidence, in every format."""

from __future__ import annotations

import json

import pytest

from grader.domain.checks import CheckResult
from grader.domain.evidence import CommandRun, Turn
from grader.domain.report import Report
from grader.domain.verdicts import Fault, Outcome
from grader.reports.calls import conversation, ending_of
from grader.reports.html_page import render_html
from grader.reports.json_file import render_json
from grader.reports.junit import render_junit
from grader.reports.markdown import render_markdown
from grader.reports.terminal import render_terminal
from tests.support import reports

RUN = CommandRun(
    command="python task.py update 7 'Mend <b>it</b>'",
    exit_code=1,
    stdout="before\n",
    stderr="Traceback (most recent call last):\nIndexError: list index out of range\n",
    elapsed_ms=21.5,
)
TALK = CommandRun(
    command="python game.py",
    transcript=(
        Turn(by="program", text="Your guess: "),
        Turn(by="user", text="50\n"),
        Turn(by="program", text="Too low!\nYour guess: "),
    ),
    elapsed_ms=1500,
)


def report(run: CommandRun) -> Report:
    criterion = reports.RUBRIC.criteria[0]
    check = CheckResult(
        id="tasks.update",
        criterion=criterion.id,
        title=criterion.title,
        points=criterion.points,
        outcome=Outcome.FAILED,
        fault=Fault.LEARNER,
        message="it crashed",
        evidence=(run,),
    )
    return reports.report_of([check])


def test_command_line_ending_and_output_are_everywhere() -> None:
    for text in (render_terminal(report(RUN)), render_markdown(report(RUN))):
        assert "python task.py update 7 'Mend <b>it</b>'" in text
        assert "exit code 1 after 22 ms" in text
        assert "IndexError: list index out of range" in text
    page = render_html(report(RUN))
    assert "python task.py update 7 &#39;Mend &lt;b&gt;it&lt;/b&gt;&#39;" in page
    assert "It ended: exit code 1 after 22 ms" in page
    assert "IndexError" in page
    assert "Requests" not in page.split("<main")[-1].split("Came back")[0]
    assert "see it: python task.py update 7" in render_junit(report(RUN))


def test_json_holds_it_all() -> None:
    evidence = json.loads(render_json(report(RUN)))["criteria"][0]["checks"][0]["evidence"][0]
    assert evidence["kind"] == "command"
    assert evidence["stderr"] == RUN.stderr.strip() + "\n"
    assert Report.model_validate_json(render_json(report(TALK))).criteria[0].checks[0].evidence


def test_conversation_marks_what_was_typed() -> None:
    assert conversation(TALK) == "Your guess: \n> 50\nToo low!\nYour guess: "
    for text in (render_terminal(report(TALK)), render_markdown(report(TALK))):
        assert "> 50" in text
    assert "&gt; 50" in render_html(report(TALK))


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (RUN, "exit code 1 after 22 ms"),
        (TALK, "not yet, after 1.5 s"),
        (RUN.model_copy(update={"error": "it still ran after 10 s"}), "it still ran after 10 s"),
    ],
)
def test_ending_in_words(run: CommandRun, words: str) -> None:
    assert ending_of(run) == words
