"""What a harness is pointed at, as the runners need it."""

from __future__ import annotations

from grader.domain.events import NotReady
from grader.domain.evidence import LogTail
from grader.domain.report import Note
from grader.domain.scoring import Ending
from grader.domain.text import tail
from worker.sandbox.diagnose import diagnose
from worker.sandbox.pod import Pod
from worker.threads import in_thread


class AppPod:
    """An app in a pod of ours.

    Args:
        pod: Where it runs.
    """

    def __init__(self, pod: Pod) -> None:
        self._pod = pod

    def restart_app(self) -> None:
        """Restart the app on the files it has written; blocks until its process runs."""
        self._pod.restart_app()

    async def explain_not_ready(self, seen: NotReady) -> Ending:
        """Why the app never answered: its log, its exit, or where it listens tell."""
        status = await in_thread(self._pod.app_status)
        log = await in_thread(self._pod.app_log)
        return diagnose(status, log, seen)

    async def wait_for_end(self, seconds: float) -> None:
        """Wait until the app has ended by itself, or the time is over."""
        await in_thread(self._pod.wait_app_exit, seconds)

    async def explain_end(self, *, answered: bool) -> Ending | None:
        """Why the app is not running any more, None if it is."""
        status = await in_thread(self._pod.app_status)
        if status.running:
            return None
        log = await in_thread(self._pod.app_log)
        return diagnose(status, log, None, answered=answered)

    async def remarks(self) -> list[Note]:
        """The limits that an app met and lived on: what it did not get may explain what it lost."""
        status = await in_thread(self._pod.app_status)
        texts = []
        if status.memory_kills:
            texts.append(
                f"A process of your app was ended because it needed more than its "
                f"{status.limits.memory_mb} MB of memory; the app went on without it"
            )
        if status.limit == "pids":
            texts.append(
                f"At the end of the checks all of your app's {status.limits.pids} processes and "
                "threads were in use, so that it could start no other"
            )
        return [Note(kind="warning", text=text) for text in texts]


def app_log_of(pod: Pod) -> LogTail:
    """The end of what the app in a pod printed, fit to be shown."""
    kept = tail(pod.app_log())
    return LogTail(title="What your app printed", text=kept.text, dropped_lines=kept.dropped_lines)
