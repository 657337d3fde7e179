"""The words under which a load harness counts what is no right answer.

They are the keys of :attr:`grader.domain.events.SliceDone.errors`. The judge reads some of them,
people read all.
"""

from __future__ import annotations

from collections.abc import Mapping

REFUSED = "connection refused: nothing listens there any more"
CLOSED = "connection closed before the answer was complete"
TOO_SLOW = "no complete answer within {seconds:g} s"
TOO_LONG = "answer longer than {mebibytes} MiB"
TOO_MANY_HEADERS = "more header fields than an answer may have"
NO_HTTP = "not a valid HTTP/1.1 answer"
STATUS = "status {status}"
LIMITED = "status 429, too many requests"
WRONG = "wrong answer: "


def limited(errors: Mapping[str, int]) -> int:
    """How many requests were refused by a rate limit."""
    return errors.get(LIMITED, 0)


def refused(errors: Mapping[str, int]) -> int:
    """How many requests found nobody listening."""
    return errors.get(REFUSED, 0)


def is_too_slow(problem: str) -> bool:
    """Whether no complete answer came in time."""
    return problem.startswith(TOO_SLOW.partition("{")[0])


def is_server_error(problem: str) -> bool:
    """Whether the app answered with a status of 500 or above."""
    return problem.startswith(STATUS.format(status=5))


def wrong(errors: Mapping[str, int]) -> int:
    """How many answers were complete but wrong."""
    return sum(count for words, count in errors.items() if words.startswith(WRONG))
