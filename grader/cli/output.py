"""What the command line prints, and with which exit code it ends."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import TextIO

from grader.domain.report import Report
from grader.domain.verdicts import Fault
from grader.errors import GraderError, UsageError


class ExitCode(IntEnum):
    """How ``grader`` ends."""

    OK = 0
    BELOW_MIN_SCORE = 1
    USAGE = 2
    OUR_FAULT = 3


def fail(error: GraderError, stream: TextIO | None = None) -> ExitCode:
    """Print an error as ``error:``, its log and ``hint:``; returns the exit code for it."""
    stream = stream or sys.stderr
    print(f"error: {error.title}", file=stream)
    if error.log:
        print("\n" + "\n".join(f"  {line}" for line in error.log.splitlines()) + "\n", file=stream)
    if error.hint:
        print(f"hint: {error.hint}", file=stream)
    return ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.OUR_FAULT


def exit_code_of(report: Report, min_score: float | None) -> ExitCode:
    """The exit code of a finished grade.

    Points that nobody could decide count for the learner here: a pipeline must not fail because
    of us, unless nothing at all could be decided.
    """
    if report.problem and report.problem.fault is not Fault.LEARNER and report.score.earned == 0:
        return ExitCode.OUR_FAULT
    reachable = report.score.earned + report.score.undecided
    if min_score is not None and reachable < min_score:
        return ExitCode.BELOW_MIN_SCORE
    return ExitCode.OK
