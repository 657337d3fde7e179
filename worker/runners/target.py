"""What a harness is pointed at, as the runners need it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from grader.domain.commands import CommandOp, CommandReply
from grader.domain.events import NotReady
from grader.domain.evidence import HttpExchange, LogTail
from grader.domain.report import Note
from grader.domain.scoring import Ending
from grader.domain.text import clean, tail
from grader.errors import PlatformError
from worker.ledger import ending_of
from worker.runners.tracebacks import traceback_for, tracebacks
from worker.sandbox.diagnose import diagnose
from worker.sandbox.pod import Pod
from worker.threads import in_thread

SHOWN_TRACEBACKS = 3
TRACEBACK_CHARS = 3_000
CAUSE_CHARS = 300
# As in worker/builds/start.sh and worker.sandbox.app.
PREPARATION_FAILED = "grader: what prepares the app failed"
_TELLING = re.compile(r"(?:Error|Exception|ERROR|FATAL)\b|\berror:")


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

    def serve(self, op: CommandOp) -> CommandReply:
        """Refuses: a server is no command-line program.

        Raises:
            PlatformError: Always.
        """
        raise PlatformError("engine.failed", asked=f"{op.op} a command", cause="it is a server")

    async def explain_not_ready(self, seen: NotReady) -> Ending:
        """Why the app never answered: its log, its exit, or where it listens tell."""
        stopped = await in_thread(self._pod.stopped_service)
        if stopped:
            return ending_of(stopped)
        status = await in_thread(self._pod.app_status)
        log = await in_thread(self._pod.app_log)
        return diagnose(status, log, seen)

    async def wait_for_end(self, seconds: float) -> None:
        """Wait until the app has ended by itself, or the time is over."""
        await in_thread(self._pod.wait_app_exit, seconds)

    async def explain_end(self, *, answered: bool) -> Ending | None:
        """Why the app or a service of it is not running any more, None if all are."""
        stopped = await in_thread(self._pod.stopped_service)
        if stopped:
            return ending_of(stopped)
        status = await in_thread(self._pod.app_status)
        if status.running:
            return None
        log = await in_thread(self._pod.app_log)
        return diagnose(status, log, None, answered=answered)

    async def remarks(self) -> list[Note]:
        """What an app met and lived on: what it did not get may explain what it lost."""
        status = await in_thread(self._pod.app_status)
        texts = []
        cause = failed_preparation(await in_thread(self._pod.app_log))
        if cause:
            texts.append(
                f"What has to run before your app, such as its migrations, failed: {cause}. What "
                "is lost here may follow from that: mend it first"
            )
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


def failed_preparation(log: str) -> str:
    """Why what runs before an app failed, in its own words; empty where it did not.

    Args:
        log: What the app printed; ``start.sh`` of the recipes says in it that something failed.
    """
    before, failed, _ = log.partition(PREPARATION_FAILED)
    lines = [line.strip() for line in before.splitlines() if line.strip()]
    if not failed or not lines:
        return ""
    telling = [line for line in lines if _TELLING.search(line)]
    return clean((telling or lines)[-1], CAUSE_CHARS)


def app_log_of(pod: Pod) -> LogTail:
    """The end of what the app in a pod printed, fit to be shown; tracebacks come first."""
    return shown_log(pod.app_log())


def tracebacks_of(pod: Pod) -> Callable[[HttpExchange], LogTail | None]:
    """Finds what the app in a pod has printed so far for a request; see :func:`shown_traceback`."""
    return partial(shown_traceback, pod.app_log())


def shown_traceback(log: str, exchange: HttpExchange) -> LogTail | None:
    """The traceback of a request that was answered with 500; None where the log has none.

    Where the log does not say whose its tracebacks are, the last one is shown and called that.
    """
    found = traceback_for(log, exchange.method, urlsplit(exchange.url).path)
    title = f"What your app printed for {exchange.method} requests to this path"
    if not found:
        found = next(iter(tracebacks(log, 1)), "")
        title = "The last traceback in your app's log, perhaps of another request"
    if not found:
        return None
    return LogTail(title=title, text=tail(found, chars=TRACEBACK_CHARS).text)


def shown_log(log: str) -> LogTail:
    """A log's different tracebacks, which explain answers with status 500, and then its end."""
    kept = tail(log)
    last = tracebacks(log, SHOWN_TRACEBACKS)
    missing = [tail(one, chars=TRACEBACK_CHARS).text for one in last]
    missing = [one for one in missing if one not in kept.text]
    parts = [*missing, "… and the end of the log:", kept.text] if missing else [kept.text]
    return LogTail(
        title="What your app printed", text="\n\n".join(parts), dropped_lines=kept.dropped_lines
    )
