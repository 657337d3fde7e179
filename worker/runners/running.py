"""Grading an app that runs already: harnesses reach it over the network, nothing is built.

It is checked as it is found: it cannot be restarted from here, and it is not put under load,
because it may not be the submitter's and is not alone on its machine. What that leaves open is
undecided, and out of reach for the score.
"""

from __future__ import annotations

import asyncio
from urllib.parse import SplitResult, urlsplit

from grader.domain.commands import CommandOp, CommandReply
from grader.domain.events import NotReady, Setup
from grader.domain.project import Project
from grader.domain.report import Note
from grader.domain.scoring import Ending
from grader.domain.submission import Submission
from grader.domain.verdicts import HarnessKind, Phase
from grader.errors import PlatformError, SubmissionError
from grader.settings import Settings
from worker.images.certificates import private_certificates
from worker.ledger import Ledger, ending_of
from worker.runners.drive import drive
from worker.sandbox.outside import open_outside
from worker.sources import RunningApp
from worker.threads import in_thread
from worker.workbench import Workbench

BUDGET_S = 300.0
CERTIFICATE = "SSLCertVerificationError"


class RunningTarget:
    """An app that somebody else runs."""

    def __init__(self, location: str) -> None:
        self._location = location

    def restart_app(self) -> None:
        """Refuses.

        Raises:
            SubmissionError: ``running.no_restart``, always.
        """
        raise SubmissionError("running.no_restart")

    def serve(self, op: CommandOp) -> CommandReply:
        """Refuses: there is no program here to call.

        Raises:
            PlatformError: Always.
        """
        raise PlatformError("engine.failed", asked=f"{op.op} a command", cause="it runs elsewhere")

    async def explain_not_ready(self, seen: NotReady) -> Ending:
        """It did not answer at its URL, or is not who it says."""
        code = "running.no_answer"
        if CERTIFICATE in seen.cause:
            code = "running.certificate"
        return ending_of(
            SubmissionError(code, location=self._location, seconds=seen.seconds, log=seen.cause)
        )

    async def wait_for_end(self, seconds: float) -> None:
        """Nothing is known of its process: waits until the time is over."""
        await asyncio.sleep(seconds)

    async def explain_end(self, *, answered: bool) -> Ending | None:  # noqa: ARG002
        """Nothing is known of its process."""
        return None

    async def remarks(self) -> list[Note]:
        """Nothing is known of its process."""
        return []


async def check_running(
    app: RunningApp, submission: Submission, project: Project, bench: Workbench, ledger: Ledger
) -> None:
    """Run the functional and the contract harness against a URL.

    Raises:
        PlatformError: If a harness could not be started.
    """
    if project.run.kind != "http":
        raise SubmissionError("running.is_a_program", title=project.title)
    url = urlsplit(app.url)
    project = _under_path(project, url)
    kinds = [kind for kind in HarnessKind if project.rubric.of(kind)]
    with ledger.phase(Phase.CHECKING):
        for kind in kinds:
            if kind is HarnessKind.LOAD:
                continue
            setup = _setup(kind, url, project, submission.seed, bench.settings)
            harness = await in_thread(
                open_outside, bench.sandbox, submission.id, kind, url.hostname or ""
            )
            try:
                target = RunningTarget(app.source.location)
                await drive(harness.process, target, setup, ledger, BUDGET_S)
            finally:
                await in_thread(harness.close)
    ledger.end_missing(ending_of(SubmissionError("running.no_load")))


def _setup(
    kind: HarnessKind, url: SplitResult, project: Project, seed: int, settings: Settings
) -> Setup:
    secure = url.scheme == "https"
    trusted = private_certificates(settings.ca_bundle) if secure else {}
    return Setup(
        kind=kind,
        project=project,
        seed=seed,
        ready_timeout=settings.start_timeout,
        host=url.hostname or "",
        port=url.port or (443 if secure else 80),
        scheme="https" if secure else "http",
        shown_origin=f"{url.scheme}://{url.netloc}",
        certificates=b"".join(trusted.values()).decode(),
    )


def _under_path(project: Project, url: SplitResult) -> Project:
    """The project as it is found below the URL's own path."""
    prefix = url.path.rstrip("/")
    if not prefix:
        return project
    paths = tuple(prefix + base for base in project.dialect.base_paths)
    return project.model_copy(
        update={"dialect": project.dialect.model_copy(update={"base_paths": paths})}
    )
