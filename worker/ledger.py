"""Everything learnt about one submission so far: a report can be made of it at any moment.

Each phase writes here as it goes, so that what was learnt before a time-out or a crash counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from grader import __version__
from grader.domain.checks import CheckResult, PlannedCheck
from grader.domain.evidence import Finding, HttpExchange, LoadTable, LogTail
from grader.domain.progress import CheckDone, NoteTaken, PhaseEnded, PhaseStarted, Progress
from grader.domain.project import Project
from grader.domain.report import (
    BuildSummary,
    Flag,
    HarnessRun,
    Note,
    PhaseTiming,
    ProjectSummary,
    Report,
)
from grader.domain.scoring import Ending, score
from grader.domain.submission import FetchedSource, Submission
from grader.domain.verdicts import Fault, HarnessKind, Outcome, Phase, Verdict
from grader.errors import GraderError

Listener = Callable[[Progress], None]


def ending_of(error: GraderError) -> Ending:
    """The words of an error as the report carries them."""
    return Ending(
        verdict=error.verdict,
        fault=error.fault,
        code=error.code,
        title=error.title,
        hint=error.hint,
        log=error.log,
    )


class Ledger:
    """The accounts of one grade.

    Args:
        submission: What was handed in.
        project: What it is graded as.
        harness_digest: Which version of the harness grades it.
        listen: Told of progress, from the event loop's thread.
    """

    def __init__(
        self, submission: Submission, project: Project, harness_digest: str, listen: Listener
    ) -> None:
        self._submission = submission
        self._project = project
        self._harness_digest = harness_digest
        self._listen = listen
        self._created_at = datetime.now(UTC)
        self._zero = time.monotonic()
        self._phases: list[PhaseTiming] = []
        self._notes: list[Note] = []
        self._flags: list[Flag] = []
        self._planned: dict[HarnessKind, dict[str, PlannedCheck]] = {}
        self._results: dict[str, CheckResult] = {}
        self._endings: dict[HarnessKind, Ending] = {}
        self._runs: list[HarnessRun] = []
        self._problem: Ending | None = None
        self.source: FetchedSource | None = None
        self.build: BuildSummary | None = None
        self.load: LoadTable | None = None
        self.app_log: LogTail | None = None

    @contextmanager
    def phase(self, phase: Phase, name: str = "", detail: str = "") -> Iterator[None]:
        """Time a phase and tell of it; ``name`` tells apart what runs side by side."""
        started = time.monotonic()
        if not name:
            self._listen(PhaseStarted(phase=phase, detail=detail))
        try:
            yield
        finally:
            seconds = time.monotonic() - started
            self._phases.append(
                PhaseTiming(
                    name=name or phase,
                    start_s=round(started - self._zero, 3),
                    seconds=round(seconds, 3),
                )
            )
            if not name:
                self._listen(PhaseEnded(phase=phase, seconds=seconds))

    def tell(self, progress: Progress) -> None:
        """Pass progress on that the report does not keep."""
        self._listen(progress)

    def note(self, note: Note) -> None:
        """Keep a note for the learner; the same words once."""
        if note not in self._notes:
            self._notes.append(note)
            self._listen(NoteTaken(note=note))

    def flag(self, flag: Flag) -> None:
        """Keep something for staff to look at; one of each kind."""
        if all(flag.kind != kept.kind for kept in self._flags):
            self._flags.append(flag)

    def planned(self, kind: HarnessKind, checks: tuple[PlannedCheck, ...]) -> None:
        self._planned.setdefault(kind, {}).update({check.id: check for check in checks})

    def result(self, result: CheckResult) -> None:
        self._results[result.id] = result
        self._listen(CheckDone(result=result))

    def explain(
        self, kind: HarnessKind, traceback_of: Callable[[HttpExchange], LogTail | None]
    ) -> None:
        """Add tracebacks to what failed with a status of 500 or above in the run of a kind.

        Args:
            kind: Of which harness.
            traceback_of: What the app printed for a request, None where that is not known.
        """
        for result in list(self._results.values()):
            of_kind = self._project.rubric.get(result.criterion).harness is kind
            met = _server_error(result)
            if of_kind and result.outcome is Outcome.FAILED and met and (log := traceback_of(met)):
                update = {"evidence": (*result.evidence, log)}
                self._results[result.id] = result.model_copy(update=update)

    def ran(self, run: HarnessRun) -> None:
        """A harness ended; checks it promised and did not end are nobody's loss but ours."""
        self._runs.append(run)
        if run.ending:
            self._endings[run.kind] = run.ending
            if self._problem is None or run.ending.fault is Fault.LEARNER:
                self._problem = run.ending
        unfinished = [
            check
            for check in self._planned.get(run.kind, {}).values()
            if check.id not in self._results
        ]
        if run.ending and run.ending.costs:
            return
        for check in unfinished:
            self.result(_never_ended(check, run.ending))

    def end(self, ending: Ending) -> None:
        """Nothing more can be learnt, for every kind of harness that has not run."""
        self._problem = ending
        self.end_missing(ending)

    def end_missing(self, ending: Ending) -> None:
        """Why nothing is known of the kinds of harness that did not run."""
        for kind in HarnessKind:
            if not any(run.kind is kind for run in self._runs):
                self._endings.setdefault(kind, ending)

    def report(self) -> Report:
        """The report of what is known now."""
        with self.phase(Phase.SCORING):
            criteria, points = score(
                self._project.rubric, list(self._results.values()), self._endings
            )
        project = self._project
        return Report(
            id=self._submission.id,
            created_at=self._created_at,
            grader_version=__version__,
            project=ProjectSummary(
                slug=project.slug,
                title=project.title,
                version=project.version,
                spec_digest=project.digest,
                harness_digest=self._harness_digest,
            ),
            source=self.source,
            build=self.build,
            verdict=self._problem.verdict if self._problem else Verdict.GRADED,
            score=points,
            problem=self._problem,
            criteria=criteria,
            notes=tuple(self._notes),
            flags=tuple(self._flags),
            load=self.load,
            app_log=self.app_log,
            runs=tuple(self._runs),
            phases=tuple(self._phases),
            seed=self._submission.seed,
        )


def _server_error(result: CheckResult) -> HttpExchange | None:
    """The first request of the evidence that was answered with 500 or above."""
    exchanges = (part.exchange if isinstance(part, Finding) else part for part in result.evidence)
    for one in exchanges:
        if isinstance(one, HttpExchange) and one.status is not None and one.status >= 500:
            return one
    return None


def _never_ended(check: PlannedCheck, ending: Ending | None) -> CheckResult:
    return CheckResult(
        **check.model_dump(),
        outcome=Outcome.ERRORED,
        fault=ending.fault if ending else Fault.PLATFORM,
        message=ending.title if ending else "this check never ended; that is our fault",
    )
