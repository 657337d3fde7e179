"""From the service's record of a submission to its report."""

from __future__ import annotations

from pathlib import Path

from grader.domain.records import Record
from grader.domain.report import Report
from grader.domain.submission import Submission
from grader.errors import PlatformError
from grader.store import Database, kept
from grader.submissions.projects import known_project
from worker.grade import grade_submission
from worker.ledger import Listener
from worker.threads import in_thread
from worker.workbench import Workbench
from worker.workplaces import workplace

ARCHIVE = "upload"


class Orders:
    """Grades what the service accepted.

    Args:
        database: Holds uploaded archives.
        bench: What to grade with.
    """

    def __init__(self, database: Database, bench: Workbench) -> None:
        self._database, self._bench = database, bench

    async def grade(self, record: Record, listen: Listener) -> Report:
        """The report of a submission, whatever happened.

        A commit that was graded before is graded again, not what its branch holds now.

        Raises:
            PlatformError: ``submission.upload_gone`` if its archive is not kept any more.
        """
        project = known_project(self._bench.settings.specs_dir, record.asked.project)
        with workplace() as folder:
            source = record.asked.location
            if record.asked.kind == "archive":
                source = str(await in_thread(self._unload, record, folder / ARCHIVE))
            return await grade_submission(_submission(record, source), project, self._bench, listen)

    def _unload(self, record: Record, file: Path) -> Path:
        with self._database.reading() as session:
            content = kept.upload(session, record.asked.upload)
        if content is None:
            raise PlatformError("submission.upload_gone", wanted=record.id)
        file.write_bytes(content)
        return file


def _submission(record: Record, source: str) -> Submission:
    asked = record.asked
    archive = asked.kind == "archive"
    return Submission(
        id=record.id,
        source=source,
        project=asked.project,
        ref=record.commit or asked.ref,
        path=asked.path,
        remote=not archive,
        uploaded_as=asked.location if archive else "",
        seed=record.seed,
        owner=record.owner,
    )
