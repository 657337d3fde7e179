"""A worker process of the service, and the same inside ``grader serve``."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import socket
from collections.abc import Callable
from typing import Any

from arq.worker import Worker, func
from redis.exceptions import RedisError

from grader.queue import JOB, NAME, POLL_S, from_json, redis_settings, to_json
from grader.settings import Settings
from grader.store import Database
from worker.crew import Crew
from worker.orders import Orders
from worker.sandbox.owner import current_owner
from worker.workbench import Workbench

QUEUE_LOOK_S = 0.1

_log = logging.getLogger(__name__)


def run_worker(
    settings: Settings,
    database: Database,
    ready: Callable[[Crew, asyncio.AbstractEventLoop], None] = lambda _crew, _loop: None,
) -> None:
    """Grade until SIGTERM, or until the crew that ``ready`` is told is stopped. Blocks.

    Args:
        settings: The operator's.
        database: Where submissions are.
        ready: Told when the worker is about to begin; given, signals are left to the caller.

    Raises:
        PlatformError: If there is no engine.
    """
    with Workbench.open(settings) as bench:
        asyncio.run(_run(settings, database, bench, ready))


async def _run(
    settings: Settings,
    database: Database,
    bench: Workbench,
    ready: Callable[[Crew, asyncio.AbstractEventLoop], None],
) -> None:
    orders = Orders(database, bench)
    crew = Crew(database, orders.grade, worker_name(), settings.slots, bench.tidy)
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
