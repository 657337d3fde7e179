"""The load phase: the app and the calibration app take turns, slice by slice.

Both run under the same limits on the same worker and are driven in turns, so that whatever else
keeps the machine busy slows both alike; the judge compares them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from grader.domain.events import (
    Broken,
    Finished,
    NotReady,
    Ready,
    RunSlice,
    Setup,
    SliceDone,
    Stop,
)
from grader.domain.project import LoadPlan
from grader.domain.report import HarnessRun, Note
from grader.domain.scoring import Ending
from grader.domain.verdicts import HarnessKind
from grader.errors import PlatformError
from worker.ledger import Ledger, ending_of
from worker.runners.drive import LAST_WORDS_CHARS, Harness, Run, Target, next_event, take
from worker.runners.load_judge import forgiven, judge
from worker.threads import in_thread

SLICE_GRACE_S = 30.0
STEP_BUDGET_S = 90.0


@dataclass
class Side:
    """One of the two apps under load."""

    harness: Harness
    slices: list[SliceDone] = field(default_factory=list)


async def run_load(
    app: Side,
    target: Target,
    calibration: Side,
    setup: Setup,
    ledger: Ledger,
    undisturbed: Callable[[], Awaitable[None]],
) -> HarnessRun:
    """Drive both apps in turns and judge what was measured.

    Args:
        app: The learner's app, its harness started and waiting for its first command.
        target: Explains the app when it never answers.
        calibration: The calibration app, likewise.
        setup: What to run; the same goes to both.
        ledger: Told of every result.
        undisturbed: Waits until nothing else of this grade uses the machine.

    Returns:
        How it went; the ledger has been told as well.
    """
    run = Run(setup, time.monotonic())
    plan = setup.project.load
    assert plan is not None
    try:
        await asyncio.gather(
            _prepare(app, target, run, ledger), _prepare_calibration(calibration, setup)
        )
        if not run.over:
            await undisturbed()
            await _take_turns(app, calibration, plan)
            await _finish(app, target, run, ledger)
        if run.ending is None:
            _judge(app, calibration, run, ledger, await target.explain_end(answered=True))
    except PlatformError as error:
        run.ending = ending_of(error)
    finally:
        await asyncio.gather(*(in_thread(side.harness.kill) for side in (app, calibration)))
    result = run.result()
    ledger.ran(result)
    return result


async def _prepare(side: Side, target: Target, run: Run, ledger: Ledger) -> None:
    """Have the app filled with data and warmed up."""
    await in_thread(side.harness.send, run.setup)
    while run.ready is None and not run.over:
        event = await next_event(side.harness, HarnessKind.LOAD, STEP_BUDGET_S)
        await take(event, run, side.harness, target, ledger)


async def _prepare_calibration(side: Side, setup: Setup) -> None:
    await in_thread(side.harness.send, setup)
    while True:
        event = await next_event(side.harness, HarnessKind.LOAD, STEP_BUDGET_S)
        if isinstance(event, Ready):
            return
        if isinstance(event, NotReady | Broken | Finished):
            raise PlatformError("load.calibration", log=str(event)[:LAST_WORDS_CHARS])


async def _take_turns(app: Side, calibration: Side, plan: LoadPlan) -> None:
    for index in range(plan.slices):
        for side in (calibration, app):
            side.slices.append(await _slice(side.harness, index, plan))


async def _slice(harness: Harness, index: int, plan: LoadPlan) -> SliceDone:
    command = RunSlice(index=index, users=plan.users, seconds=plan.slice_seconds)
    await in_thread(harness.send, command)
    while True:
        event = await next_event(harness, HarnessKind.LOAD, plan.slice_seconds + SLICE_GRACE_S)
        if isinstance(event, SliceDone):
            return event
        if isinstance(event, Broken | Finished):
            raise PlatformError("harness.broken", kind="load", log=str(event)[:LAST_WORDS_CHARS])


async def _finish(side: Side, target: Target, run: Run, ledger: Ledger) -> None:
    """Have it checked what must hold after the load."""
    await in_thread(side.harness.send, Stop())
    while not run.over:
        event = await next_event(side.harness, HarnessKind.LOAD, STEP_BUDGET_S)
        await take(event, run, side.harness, target, ledger)


def _judge(app: Side, calibration: Side, run: Run, ledger: Ledger, ended: Ending | None) -> None:
    project = run.setup.project
    assert project.load is not None
    results, table = judge(
        project.load, project.rubric, app.slices, calibration.slices, run.results, ended
    )
    for result in results:
        run.results.append(result)
        ledger.result(result)
    if app.slices:
        ledger.load = table
        if remark := forgiven(project.load, app.slices, results):
            ledger.note(Note(kind="warning", text=remark))
