"""The words for how a submission, a check or a fault ends."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """How a whole submission ended."""

    GRADED = "graded"
    REJECTED = "rejected"
    FETCH_FAILED = "fetch_failed"
    BUILD_FAILED = "build_failed"
    BUILD_TIMEOUT = "build_timeout"
    LIMIT_EXCEEDED = "limit_exceeded"
    START_FAILED = "start_failed"
    NEVER_READY = "never_ready"
    CRASHED = "crashed"
    CANCELLED = "cancelled"
    GRADER_ERROR = "grader_error"


class Outcome(StrEnum):
    """How one check, and from its checks one criterion, ended.

    ``errored`` is never the learner's fault: its points are undecided. ``blocked`` means that a
    criterion which this one needs was lost, so that nothing was learnt about this one.
    """

    PASSED = "passed"
    FAILED = "failed"
    BLOCKED = "blocked"
    ERRORED = "errored"


class Fault(StrEnum):
    """Who must act."""

    LEARNER = "learner"
    AUTHOR = "author"
    PLATFORM = "platform"


class Phase(StrEnum):
    """The stages of one grade, in order; each is timed."""

    QUEUED = "queued"
    FETCHING = "fetching"
    BUILDING = "building"
    STARTING = "starting"
    CHECKING = "checking"
    SCORING = "scoring"
    DONE = "done"


class HarnessKind(StrEnum):
    """What kind of harness earns a criterion's points."""

    FUNCTIONAL = "functional"
    CONTRACT = "contract"
    LOAD = "load"
