"""Running one harness against one app: its events go to the ledger until it ends.

Functional and contract harnesses are driven alike; a load harness is paced by the worker, see
``worker.runners.load``.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Protocol

from grader.domain.checks import CheckResult
from grader.domain.commands import CommandOp, CommandReply
from grader.domain.events import (
    Assumed,
    Broken,
    CheckFinished,
    Command,
    Event,
    Finished,
    NotReady,
    Planned,
    Ready,
    Reply,
    Request,
    Setup,
    Suspected,
)
from grader.domain.report import HarnessRun, Note
from grader.domain.scoring import Ending
from grader.domain.verdicts import Fault, HarnessKind
from grader.errors import AuthorError, GraderError, PlatformError
from worker.ledger import Ledger, ending_of
from worker.threads import in_thread

LAST_WORDS_CHARS = 4_000


class Harness(Protocol):
    """A running harness, see ``worker.sandbox.process``."""

    def send(self, command: Command) -> None: ...

    def next_event(self, timeout: float) -> Event | None:
        """The next event, None when the harness ended; TimeoutError when none came in time."""
        ...

    def kill(self) -> None: ...

    @property
    def stderr_tail(self) -> str: ...


class Target(Protocol):
    """What a harness is pointed at: a pod's app, or one that runs elsewhere."""

    def restart_app(self) -> None: ...

    def serve(self, op: CommandOp) -> CommandReply:
        """Do something with a command-line program; PlatformError if that cannot be."""
        ...

    async def explain_not_ready(self, seen: NotReady) -> Ending:
        """Why the app never answered."""
        ...

    async def wait_for_end(self, seconds: float) -> None:
        """Wait until the app has ended by itself, or the time is over."""
        ...

    async def explain_end(self, *, answered: bool) -> Ending | None:
        """Why the app does not run any more; None if it does."""
        ...

    async def remarks(self) -> list[Note]:
        """What befell an app that still runs, and its author should know."""
        ...


@dataclass
class Run:
    """What is known of one run so far."""

    setup: Setup
    started: float
    ready: Ready | None = None
    results: list[CheckResult] = field(default_factory=list)
    ending: Ending | None = None
    # How the app ended by itself; a check can have had it started again since.
    stopped: Ending | None = None
    over: bool = False

    def result(self) -> HarnessRun:
        return HarnessRun(
            kind=self.setup.kind,
            seconds=round(time.monotonic() - self.started, 3),
            ready_seconds=round(self.ready.seconds, 3) if self.ready else None,
            checks=len(self.results),
            ending=self.ending,
        )


async def drive(
    harness: Harness,
    target: Target,
    setup: Setup,
    ledger: Ledger,
    budget: float,
) -> HarnessRun:
    """Send ``setup`` and follow the harness until it ends.

    Args:
        harness: Started, waiting for its first command.
        target: Restarts the app, and explains it when it never answers.
        setup: What to run.
        ledger: Told of every result as it comes, so that a time-out keeps what there is.
        budget: Seconds for the whole run.

    Returns:
        How it went; the ledger has been told as well.
    """
    run = Run(setup, time.monotonic())
    watch = asyncio.create_task(_watch(harness, target, run, budget))
    try:
        await in_thread(harness.send, setup)
        while not run.over:
            left = budget - (time.monotonic() - run.started)
            event = await next_event(harness, setup.kind, left)
            await take(event, run, harness, target, ledger)
        run.ending = run.ending or await target.explain_end(answered=run.ready is not None)
        await _remark(run, target, ledger)
    except PlatformError as error:
        run.ending = run.ending or ending_of(error)
    finally:
        watch.cancel()
        await in_thread(harness.kill)
    result = run.result()
    ledger.ran(result)
    return result


async def _watch(harness: Harness, target: Target, run: Run, seconds: float) -> None:
    """End the run at once when the app ends before it has ever answered.

    How it ended later is remembered: a check that has it started again hides that.
    """
    await target.wait_for_end(seconds)
    if run.ready is None and not run.over:
        run.ending = await target.explain_end(answered=False)
        if run.ending:
            await in_thread(harness.kill)
    else:
        run.stopped = await target.explain_end(answered=True)


async def _remark(run: Run, target: Target, ledger: Ledger) -> None:
    """Note what befell an app that runs at the end; of one that does not, its ending tells."""
    if run.ending:
        return
    if run.stopped:
        ledger.note(Note(kind="warning", text=_revived(run.stopped)))
    for note in await target.remarks():
        ledger.note(note)


def _revived(stopped: Ending) -> str:
    title = stopped.title[:1].upper() + stopped.title[1:]
    return f"{title}; it ran again after the restart that one of the checks asks for"


async def next_event(harness: Harness, kind: HarnessKind, seconds: float) -> Event:
    """The next event of a harness.

    Raises:
        PlatformError: ``harness.timeout`` if none comes in that many seconds, ``harness.died`` if
            the harness ended.
    """
    try:
        event = await in_thread(harness.next_event, max(seconds, 0.001))
    except TimeoutError as error:
        raise PlatformError("harness.timeout", kind=kind, seconds=seconds) from error
    if event is None:
        log = harness.stderr_tail[-LAST_WORDS_CHARS:]
        raise PlatformError("harness.died", kind=kind, log=log)
    return event


async def take(event: Event, run: Run, harness: Harness, target: Target, ledger: Ledger) -> None:
    """Act on one event."""
    match event:
        case Planned():
            ledger.planned(run.setup.kind, event.checks)
        case Ready():
            run.ready = event
        case NotReady():
            run.ending = await target.explain_not_ready(event)
            run.over = True
        case CheckFinished():
            run.results.append(event.result)
            ledger.result(event.result)
        case Assumed():
            ledger.note(Note(kind="assumption", text=event.text))
        case Suspected():
            ledger.flag(event.flag)
        case Request():
            await _serve(event, harness, target)
        case Broken():
            run.ending = _broken(event, run)
            run.over = True
        case Finished():
            run.over = True
        case _:
            pass


async def _serve(request: Request, harness: Harness, target: Target) -> None:
    """Do what the harness asks for and say how it went."""
    try:
        done = None
        if request.command is not None:
            done = await in_thread(target.serve, request.command)
        else:
            await in_thread(target.restart_app)
        reply = Reply(id=request.id, ok=True, command=done)
    except GraderError as error:
        reply = Reply(id=request.id, ok=False, detail=error.title, fault=error.fault)
    await in_thread(harness.send, reply)


def _broken(event: Broken, run: Run) -> Ending:
    error = AuthorError if event.fault is Fault.AUTHOR else PlatformError
    return ending_of(
        error("harness.broken", kind=run.setup.kind, log=event.text[-LAST_WORDS_CHARS:])
    )
