"""Tracebacks are found in a log, and shown before its end."""

from __future__ import annotations

from worker.runners.target import shown_log
from worker.runners.tracebacks import BEGIN, SHOWN_LINES, tracebacks

ONE = f'{BEGIN}\n  File "app.py", line 7, in show\n    return rows[0]\nIndexError: no rows'
TWO = f'{BEGIN}\n  File "app.py", line 9, in add\n    body["url"]\nKeyError: url'
ACCESS = '127.0.0.1 - "GET / HTTP/1.1" 200\n' * 200


def test_each_is_told_once_the_last_one_last() -> None:
    assert tracebacks(f"{ONE}\n{TWO}\n{ACCESS}{ONE}\n", 3) == [TWO, ONE]
    assert tracebacks(f"{ONE}\n{TWO}\n", 1) == [TWO]


def test_what_only_looks_like_one_is_none() -> None:
    assert tracebacks(f"{BEGIN}\n", 3) == []
    assert tracebacks(f"{BEGIN}\n" + "  x\n" * 500, 3) == []
    assert tracebacks(ACCESS, 3) == []


def test_a_deep_one_is_cut() -> None:
    deep = f"{BEGIN}\n" + "  frame\n" * 40 + "RecursionError: too deep\n"
    (found,) = tracebacks(deep, 3)
    assert found.endswith("RecursionError: too deep")
    assert len(found.splitlines()) == SHOWN_LINES + 1


def test_a_log_leads_with_tracebacks_that_access_lines_have_pushed_out() -> None:
    shown = shown_log(f"{ONE}\n{ACCESS}").text
    assert shown.startswith(ONE)
    assert shown.endswith(ACCESS.splitlines()[-1])


def test_a_traceback_at_the_end_is_not_shown_twice() -> None:
    shown = shown_log(f"{ACCESS}{ONE}\n").text
    assert shown.count(BEGIN) == 1
