"""Progress of a grade, line by line, for a terminal or a log."""

from __future__ import annotations

import re
import sys
from typing import TextIO

from grader.domain.checks import CheckResult
from grader.domain.progress import (
    BuildOutput,
    CheckDone,
    NoteTaken,
    PhaseEnded,
    PhaseStarted,
    Progress,
)
from grader.domain.verdicts import Outcome, Phase
from grader.reports import no_workflow_commands, words

DOING = {
    Phase.FETCHING: "Fetching",
    Phase.BUILDING: "Building",
    Phase.STARTING: "Starting",
    Phase.CHECKING: "Checking",
}
MAX_BUILD_LINE = 120
# How the engine announces a step that takes time.
_STEP = re.compile(r"Step (\d+)/(\d+) : (RUN .+)")


class ProgressView:
    """Prints progress as it comes.

    Args:
        stream: Where to.
        quiet: Print nothing at all.
        verbose: Print every line of the build; without it one line for each step. A build that
            fails has its log in the report.
    """

    def __init__(
        self, stream: TextIO | None = None, *, quiet: bool = False, verbose: bool = False
    ) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._verbose = verbose

    def __call__(self, progress: Progress) -> None:
        line = None if self._quiet else _line(progress, verbose=self._verbose)
        if line is not None:
            with no_workflow_commands(self._stream):
                print(line, file=self._stream, flush=True)


def _line(progress: Progress, *, verbose: bool) -> str | None:
    match progress:
        case PhaseStarted(phase=phase, detail=detail) if phase in DOING:
            return f"{DOING[phase]} {detail}".rstrip() + " …"
        case PhaseEnded(phase=phase, seconds=seconds) if phase in DOING:
            return f"  took {seconds:.1f} s"
        case BuildOutput(line=text) if text.strip():
            return f"  | {text[:MAX_BUILD_LINE]}" if verbose else _step(text)
        case CheckDone(result=result):
            because = f": {_because(result)}" if result.outcome is not Outcome.PASSED else ""
            return f"  {words.SIGNS[result.outcome]} {result.title}{because}"
        case NoteTaken(note=note):
            return f"  note: {note.text}"
        case _:
            return None


def _because(result: CheckResult) -> str:
    """What the report will say, with the report's word for it."""
    word = words.OUTCOMES[result.outcome].lower()
    if result.message.lower().startswith(word):
        return result.message[:1].lower() + result.message[1:]
    return f"{word}: {result.message}"


def _step(text: str) -> str | None:
    """``step 3 of 7: RUN …``; nothing for what a step prints."""
    step = _STEP.fullmatch(text.strip())
    if step is None:
        return None
    number, total, what = step.groups()
    # Of several commands in a row the first says enough; --verbose shows the rest.
    what, more, _ = what.partition(" && ")
    shown = f"  step {number} of {total}: {what}"
    return f"{shown[:MAX_BUILD_LINE]} …" if more or len(shown) > MAX_BUILD_LINE else shown
