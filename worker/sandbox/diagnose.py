"""Why an app never answered or stopped: what happened, whose turn it is, one thing to try. Pure."""

from __future__ import annotations

import re
import signal
from contextlib import suppress

from grader.domain.events import NotReady
from grader.domain.scoring import Ending
from grader.domain.text import clean, tail
from grader.domain.verdicts import Verdict
from grader.errors import GraderError, PlatformError, SubmissionError
from worker.sandbox.app import AppStatus, Limit
from worker.sandbox.log_causes import Cause, find_cause

SEARCHED_LINES = 300
SEARCHED_CHARS = 48_000
VALUE_CHARS = 200
SIGNALLED = 128  # a shell's exit code for a program ended by signal n is 128 + n

STOPPED_EARLY = "the app stopped before it answered"
STOPPED_LATE = "the app stopped while it was being checked"
SILENT = "the app runs, but listens on no port"
DUMB = "the app runs, but does not answer"

# What the harness's probe met (its `cause`) -> the row that fits.
_NOT_HTTP = re.compile(r"BadStatusLine|UnknownProtocol|LineTooLong|HTTPException")
_NO_ANSWER = re.compile(r"timed out|TimeoutError", re.IGNORECASE)
_HUNG_UP = re.compile(r"RemoteDisconnected|ConnectionReset|IncompleteRead|BrokenPipe")


def diagnose(
    status: AppStatus, log: str, seen: NotReady | None, *, answered: bool | None = None
) -> Ending:
    """Explain the ending of an app.

    Args:
        status: How the app is doing.
        log: The end of what it printed.
        seen: What the harness met instead of an answer; None if it did not say so.
        answered: Whether the app had answered before; None: it had unless ``seen`` says
            otherwise.
    """
    late = seen is None if answered is None else answered
    error = _error(status, tail(log, SEARCHED_LINES, SEARCHED_CHARS).text, seen, late=late)
    return Ending(
        verdict=_verdict(error, status, late=late),
        fault=error.fault,
        code=error.code,
        title=error.title,
        hint=error.hint,
        log=tail(log).text,
    )


def _error(status: AppStatus, log: str, seen: NotReady | None, *, late: bool) -> GraderError:
    if not status.running:
        return _stopped(status, log, STOPPED_LATE if late else STOPPED_EARLY)
    limit: Limit = status.limit or ("memory" if status.memory_kills else "")
    if limit:
        return _limit(limit, status, SILENT if seen and not seen.listening else DUMB)
    if seen is None or not seen.listening:
        cause = find_cause(log)
        return _say(cause, SILENT, status) if cause else SubmissionError("app.silent")
    return _listening(seen)


def _stopped(status: AppStatus, log: str, when: str) -> GraderError:
    """An app whose first process has ended."""
    if status.limit:
        return _limit(status.limit, status, when)
    if status.exit_code is None:
        # Nobody but the engine or one of us removes a container.
        return PlatformError(
            "engine.failed", asked="keep the app running", cause="its container is gone"
        )
    cause = find_cause(log)
    if cause and status.exit_code:
        return _say(cause, when, status)
    if status.exit_code == 0:
        return SubmissionError("app.ended", when=when)
    with suppress(ValueError):
        ended_by = signal.Signals(status.exit_code - SIGNALLED)
        # What the kernel sends for a file that is too large; Python and Go take it as an error.
        if ended_by is signal.SIGXFSZ:
            return _limit("disk", status, when)
        return SubmissionError("app.killed", when=when, signal=ended_by.name)
    return SubmissionError("app.exited", when=when, exit_code=status.exit_code)


def _limit(limit: Limit, status: AppStatus, when: str) -> GraderError:
    return _say(Cause(f"app.{limit}", {}), when, status)


def _say(cause: Cause, when: str, status: AppStatus) -> GraderError:
    """A cause in words. Its values come from a learner's program, so they are cleaned."""
    values = {name: clean(value, VALUE_CHARS) for name, value in cause.values.items()}
    names = ("memory_mb", "pids", "disk_mb", "files")
    limits = {name: str(getattr(status.limits, name)) for name in names}
    return SubmissionError(cause.code, **{**limits, **values, "when": when})


def _listening(seen: NotReady) -> GraderError:
    """An app that listens and does not answer as a web server does."""
    where = clean(", ".join(seen.listening[:3]), VALUE_CHARS)
    if _NOT_HTTP.search(seen.cause):
        return SubmissionError("app.not_http", where=where)
    if _HUNG_UP.search(seen.cause):
        return SubmissionError("app.hangs_up", where=where)
    if _NO_ANSWER.search(seen.cause):
        return SubmissionError("app.no_answer", where=where, seconds=seen.seconds)
    if not seen.cause:
        return SubmissionError("app.server_errors", where=where)
    return SubmissionError("app.unreadable", where=where, cause=clean(seen.cause, VALUE_CHARS))


def _verdict(error: GraderError, status: AppStatus, *, late: bool) -> Verdict:
    if isinstance(error, PlatformError):
        return error.verdict
    if error.code in ("app.memory", "app.pids", "app.disk", "app.files", "app.output"):
        return Verdict.LIMIT_EXCEEDED
    if status.running:
        return Verdict.NEVER_READY
    return Verdict.CRASHED if late else Verdict.START_FAILED
