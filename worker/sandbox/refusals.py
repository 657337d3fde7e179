"""Why the engine would not start an app: its words, turned into ours."""

from __future__ import annotations

import re

from grader.errors import GraderError, PlatformError, SubmissionError

# The engine's and runc's texts (20.10 to 28) -> a row of the catalogue. Named groups fill it in.
_CAUSES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"[Nn]o command specified", "start.no_command"),
        (r"unable to find (?:user|group) (?P<what>[^:]*)", "start.user_unknown"),
    )
)


def explain(engine_words: str) -> GraderError:
    """The error for a container that the engine refused to create or to start.

    Returns:
        A SubmissionError where the cause is in the image, otherwise a PlatformError.
    """
    for pattern, code in _CAUSES:
        found = pattern.search(engine_words)
        if found:
            return SubmissionError(code, **found.groupdict())
    return PlatformError("engine.failed", asked="start the app", cause=engine_words)
