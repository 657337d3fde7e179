"""Tracebacks are found in a log, and shown before its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.domain.evidence import HttpExchange
from worker.runners.target import (
    PREPARATION_FAILED,
    failed_preparation,
    shown_log,
    shown_traceback,
)
from worker.runners.tracebacks import BEGIN, SHOWN_LINES, traceback_for, tracebacks

ROOT = Path(__file__).parents[2]
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


FLASK = f"""127.0.0.1 - - [x] "POST /links HTTP/1.1" 201 -
[x] ERROR in app: Exception on /links/7 [GET]
{ONE}
127.0.0.1 - - [x] "GET /links/7 HTTP/1.1" 500 -
[x] ERROR in app: Exception on /links [POST]
{TWO}
127.0.0.1 - - [x] "POST /links HTTP/1.1" 500 -
"""
UVICORN = f"""INFO:     127.0.0.1:4242 - "GET /links/7 HTTP/1.1" 500 Internal Server Error
ERROR:    Exception in ASGI application
{ONE}
INFO:     127.0.0.1:4242 - "POST /links?x=1 HTTP/1.1" 500 Internal Server Error
ERROR:    Exception in ASGI application
{TWO}
"""
DJANGO = f"Internal Server Error: /links/7\n{ONE}\nInternal Server Error: /links\n{TWO}\n"


@pytest.mark.parametrize("log", [FLASK, UVICORN, DJANGO], ids=["flask", "uvicorn", "django"])
def test_each_request_has_the_traceback_that_was_printed_for_it(log: str) -> None:
    assert traceback_for(log, "GET", "/links/7") == ONE
    assert traceback_for(log, "POST", "/links") == TWO
    assert traceback_for(log, "GET", "/links/77") == ""


@pytest.mark.parametrize("log", [FLASK, UVICORN])
def test_another_method_is_another_request(log: str) -> None:
    assert traceback_for(log, "DELETE", "/links/7") == ""


def test_where_nobody_knows_the_title_says_so() -> None:
    missing = HttpExchange(method="PUT", url="http://localhost:8000/links/7?a=b", curl="")
    known = missing.model_copy(update={"method": "GET"})
    shown, last = shown_traceback(FLASK, known), shown_traceback(FLASK, missing)
    assert shown is not None
    assert last is not None
    assert (shown.title, shown.text) == ("What your app printed for GET requests to this path", ONE)
    assert last.title == "The last traceback in your app's log, perhaps of another request"
    assert last.text == TWO
    assert shown_traceback(ACCESS, known) is None


SAYS_FAILED = "grader: what prepares the app failed, see above; it is started all the same"


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("INFO: started\n", ""),
        (f"{SAYS_FAILED}\n", ""),
        (
            f"x.ProgrammingError: no table\n(Background on this error at: …)\n{SAYS_FAILED}\n",
            "no table",
        ),
        (f"npm: it did not work\n\n{SAYS_FAILED}\nError: later\n", "npm: it did not work"),
    ],
)
def test_a_preparation_that_failed_is_told_in_its_own_words(log: str, cause: str) -> None:
    assert failed_preparation(log).endswith(cause)
    assert bool(failed_preparation(log)) == bool(cause)


@pytest.mark.parametrize("path", ["worker/builds/start.sh", "worker/sandbox/app.py"])
def test_scripts_say_it_in_the_words_that_are_looked_for(path: str) -> None:
    assert PREPARATION_FAILED in (ROOT / path).read_text(encoding="utf-8")
