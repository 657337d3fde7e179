"""A worker process of the service, and the same inside ``grader serve``."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from arq.worker import Worker, func
from redis.exceptions import RedisError

from grader.queue import JOB, NAME, POLL_S, from_json, redis_settings, to_json
from grader.settings import Settings
from grader.store import Database
from worker.crew import Crew, Grade
from worker.orders import Orders
from worker.sandbox.owner import current_owner
from worker.workbench import Workbench

QUEUE_LOOK_S = 0.1

_log = logging.getLogger(__name__)


Ready = Callable[[Crew, asyncio.AbstractEventLoop], None]


def run_worker(settings: Settings, database: Database, ready: Ready) -> None:
    """Grade until the crew that ``ready`` is told is stopped. Blocks.

    Args:
        settings: The operator's.
        database: Where submissions are.
        ready: Told when the worker is about to begin, such as :func:`stop_on_signals`.

    Raises:
        PlatformError: If there is no engine.
    """
    with Workbench.open(settings) as bench:
        orders = Orders(database, bench)
        asyncio.run(work(settings, database, orders.grade, ready, bench.tidy))


async def work(
    settings: Settings,
    database: Database,
    grade: Grade,
    ready: Ready,
    tidy: Callable[[], object] = lambda: None,
) -> None:
    """What :func:`run_worker` does, whatever grades.

    Args:
        settings: The operator's.
        database: Where submissions are.
        grade: Makes the report of one.
        ready: As for :func:`run_worker`.
        tidy: Removes what dead workers left.
    """
    lease = timedelta(seconds=settings.lease_seconds)
    crew = Crew(database, grade, worker_name(), settings.slots, tidy, lease)
    ready(crew, asyncio.get_running_loop())
    waking = asyncio.create_task(_listen(settings.redis_url, crew)) if settings.redis_url else None
    try:
        await crew.run()
    finally:
        if waking:
            waking.cancel()
            await asyncio.gather(waking, return_exceptions=True)


def stop_on_signals(crew: Crew, loop: asyncio.AbstractEventLoop) -> None:
    """End a worker process as operators expect: SIGTERM takes nothing more, a second one ends."""

    def stop() -> None:
        _log.info("taking nothing more; what runs is ended first")
        crew.stop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def worker_name() -> str:
    """A name that no other worker has, on whichever machine."""
    return f"{socket.gethostname()}/{current_owner()}/{secrets.token_hex(4)}"


async def _listen(url: str, crew: Crew) -> None:
    """Be woken by the queue; while it is away the crew looks by itself."""

    async def wake(_context: dict[str, Any]) -> None:
        await crew.wake_when_free()

    while True:
        try:
            listener = Worker(
                functions=[func(wake, name=JOB, keep_result=0, max_tries=1)],
                queue_name=NAME,
                redis_settings=redis_settings(url),
                max_jobs=1,
                poll_delay=QUEUE_LOOK_S,
                handle_signals=False,
                job_serializer=to_json,
                job_deserializer=from_json,
            )
            await listener.async_run()
        except (RedisError, OSError) as error:
            _log.warning("the queue is away, workers look by themselves: %s", error)
        await asyncio.sleep(POLL_S)
