"""Progress of a grade, line by line, for a terminal or a log."""

from __future__ import annotations

import sys
from typing import TextIO

from grader.domain.progress import (
    BuildOutput,
    CheckDone,
    NoteTaken,
    PhaseEnded,
    PhaseStarted,
    Progress,
)
from grader.domain.verdicts import Outcome, Phase
from grader.reports import no_workflow_commands

SIGNS = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.BLOCKED: "-",
    Outcome.ERRORED: "?",
}
DOING = {
    Phase.FETCHING: "Fetching",
    Phase.BUILDING: "Building",
    Phase.STARTING: "Starting",
    Phase.CHECKING: "Checking",
}
MAX_BUILD_LINE = 120


class ProgressView:
    """Prints progress as it comes.

    Args:
        stream: Where to.
        quiet: Print nothing at all.
    """

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet

    def __call__(self, progress: Progress) -> None:
        line = None if self._quiet else _line(progress)
        if line is not None:
            with no_workflow_commands(self._stream):
                print(line, file=self._stream, flush=True)


def _line(progress: Progress) -> str | None:
    match progress:
        case PhaseStarted(phase=phase, detail=detail) if phase in DOING:
            return f"{DOING[phase]} {detail}".rstrip() + " …"
        case PhaseEnded(phase=phase, seconds=seconds) if phase in DOING:
            return f"  took {seconds:.1f} s"
        case BuildOutput(line=text) if text.strip():
            return f"  | {text[:MAX_BUILD_LINE]}"
        case CheckDone(result=result):
            because = f": {result.message}" if result.outcome is not Outcome.PASSED else ""
            return f"  {SIGNS[result.outcome]} {result.title}{because}"
        case NoteTaken(note=note):
            return f"  note: {note.text}"
        case _:
            return None
