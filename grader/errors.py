"""Every error that a person can be shown.

The words are rows of :data:`grader.messages.CATALOGUE`: the report, the CLI and the API take them
from there, so that they are the same everywhere.

    GraderError
    ├── UsageError        what was asked cannot be done as asked (CLI exit code 2)
    │   ├── AccessError     who asks is not known, or may not
    │   ├── NotFoundError   there is no such thing, or not for who asks
    │   ├── ConflictError   it cannot be done in the state that things are in
    │   └── TooManyError    not now: who asks has asked for much already
    ├── SubmissionError   the submission ends here, with a verdict; the learner can act
    ├── AuthorError       a spec or a harness is wrong; its author must act
    └── PlatformError     our own fault; the points stay undecided (CLI exit code 3)
"""

from __future__ import annotations

from typing import Any

from grader.domain.verdicts import Fault
from grader.messages import CATALOGUE


class GraderError(Exception):
    """Base of all errors with words for a person.

    Args:
        code: A key of :data:`CATALOGUE`, for example ``"source.not_found"``.
        log: Text that explains the error (the tail of a build log, a traceback), shown below it.
        **values: What the templates of that row name.

    Raises:
        KeyError: If the code has no row or a value that its templates name is missing.
    """

    fault: Fault = Fault.PLATFORM

    def __init__(self, code: str, *, log: str = "", **values: Any) -> None:
        message = CATALOGUE[code]
        self.code = code
        self.log = log
        self.verdict = message.verdict
        self.title = message.title.format(**values)
        self.hint = message.hint.format(**values)
        super().__init__(f"{self.title} ({self.hint})")


class UsageError(GraderError):
    """What was asked cannot be done as asked."""

    fault = Fault.LEARNER


class AccessError(UsageError):
    """Who asks is not known, or may not do that."""


class NotFoundError(UsageError):
    """There is no such thing, or none that who asks may see: the same words for both."""


class ConflictError(UsageError):
    """It cannot be done in the state that things are in."""


class TooManyError(UsageError):
    """Not now: who asks has asked for much already."""


class SubmissionError(GraderError):
    """The submission ends here; its author can mend it."""

    fault = Fault.LEARNER


class AuthorError(GraderError):
    """A spec or a harness is wrong."""

    fault = Fault.AUTHOR


class PlatformError(GraderError):
    """Our own fault: no point is lost by it."""

    fault = Fault.PLATFORM
