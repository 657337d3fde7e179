"""What learners read when a call of their program was not what it should be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.domain.commands import CommandReply
from harnesses.kit import CheckFailed, Run, expect
from harnesses.kit.command.expectations import ExpectRun
from harnesses.kit.command.run import shown_command, why_ended

TRACE = 'Traceback (most recent call last):\n  File "t.py", line 1\nKeyError: 7\n'
NODE = "/app/t.js:3\nTypeError: x is undefined\n    at main (/app/t.js:3:9)\n"
GO = "panic: runtime error: index out of range\n\ngoroutine 1 [running]:\n"


def run(stdout: str = "", stderr: str = "", **more: object) -> Run:
    return Run("python t.py", ("add", "a b"), stdout=stdout, stderr=stderr, **more)


ROWS: dict[str, tuple[Run, Callable[[ExpectRun], object], str, str]] = {
    "crash": (
        run(stderr=TRACE, exit_code=1),
        ExpectRun.does_not_crash,
        "`python t.py add 'a b'` ended with an error that the program did not handle",
        "KeyError: 7",
    ),
    "still runs": (
        run(error="it still ran after 10 s"),
        ExpectRun.does_not_crash,
        "`python t.py add 'a b'` did not end by itself",
        "it still ran after 10 s",
    ),
    "exit code": (
        run("no", exit_code=2),
        ExpectRun.succeeds,
        "`python t.py add 'a b'` ended with exit code 2",
        "exit code 2",
    ),
    "silence": (
        run(exit_code=0),
        ExpectRun.says_something,
        "`python t.py add 'a b'` printed nothing",
        "nothing",
    ),
    "missing words": (
        run("one", exit_code=0),
        lambda subject: subject.prints("two"),
        "`python t.py add 'a b'` did not print what it should",
        "one",
    ),
    "unwanted words": (
        run("one two", exit_code=0),
        lambda subject: subject.lacks("two"),
        "`python t.py add 'a b'` printed what it should not",
        "one two",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_failures_in_words(name: str) -> None:
    subject, look, message, actual = ROWS[name]
    with pytest.raises(CheckFailed) as failure:
        look(expect(subject))
    assert (failure.value.message, failure.value.actual) == (message, actual)
    assert failure.value.exchange == subject.evidence


@pytest.mark.parametrize("text", [TRACE, NODE, GO])
def test_stack_traces_of_languages(text: str) -> None:
    assert run(stderr=text).crashed
    assert run(stdout=text).crashed


@pytest.mark.parametrize("text", ["error: no task 7", "Look at me (it is 10:30)", "usage: t add"])
def test_messages_are_no_stack_traces(text: str) -> None:
    assert not run(text).crashed


def test_command_line_can_be_pasted() -> None:
    assert shown_command("python t.py", ("add", "it's", "")) == "python t.py add 'it'\"'\"'s' ''"
    assert shown_command("./t", (), "1\n2\n") == "printf %s '1\n2\n' | ./t"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (CommandReply(ended=True, exit_code=3), ""),
        (CommandReply(ended=True, signal="SIGSEGV"), "SIGSEGV ended it"),
        (CommandReply(), "it still ran after 4 s"),
        (CommandReply(failure="no `x`"), "it could not be started: no `x`"),
        (CommandReply(ended=True, signal="SIGKILL", limit="too much"), "too much"),
    ],
)
def test_why_it_did_not_end(reply: CommandReply, words: str) -> None:
    assert why_ended(reply, 4) == words
