"""What the command line prints, and with which exit code it ends."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import TextIO

from grader.domain.report import Report
from grader.domain.scoring import Ending, Score
from grader.domain.verdicts import Fault, Verdict
from grader.errors import GraderError, UsageError
from grader.messages import CATALOGUE


class ExitCode(IntEnum):
    """How ``grader`` ends."""

    OK = 0
    BELOW_MIN_SCORE = 1
    USAGE = 2
    NOT_GRADED = 3


def fail(error: GraderError | Ending, stream: TextIO | None = None) -> ExitCode:
    """Print an error as ``error:``, its log and ``hint:``; returns the exit code for it."""
    stream = stream or sys.stderr
    print(f"error: {error.title}", file=stream)
    if error.log:
        print("\n" + "\n".join(f"  {line}" for line in error.log.splitlines()) + "\n", file=stream)
    if error.hint:
        print(f"hint: {error.hint}", file=stream)
    usage = isinstance(error, UsageError) or CATALOGUE[error.code].in_request
    return ExitCode.USAGE if usage else ExitCode.NOT_GRADED


def mistake_in_request(report: Report) -> Ending | None:
    """What was wrong with the request (a path, an address, a ref), where nothing was graded."""
    problem = report.problem
    return problem if problem and CATALOGUE[problem.code].in_request else None


def exit_code_of(report: Report, min_score: float | None) -> ExitCode:
    """The exit code of a finished grade.

    Nothing that could be looked at, or nothing decided for a fault of ours: not graded.
    """
    problem = report.problem
    if problem and problem.verdict is Verdict.FETCH_FAILED:
        return ExitCode.NOT_GRADED
    if problem and problem.fault is not Fault.LEARNER and report.score.earned == 0:
        return ExitCode.NOT_GRADED
    if min_score is not None and share(report.score) < min_score:
        return ExitCode.BELOW_MIN_SCORE
    return ExitCode.OK


def share(score: Score) -> float:
    """What ``--min-score`` is compared with, in percent.

    Points that we could not decide count for the learner: a pipeline must not fail because of us.
    Points that an app at a URL cannot earn are left out of the whole.
    """
    reachable = score.possible - score.out_of_reach
    ours = score.undecided - score.out_of_reach
    return 100 * (score.earned + ours) / reachable if reachable else 0.0
