"""Threads for calls that block: the engine's, and waiting for events.

asyncio's own pool has a handful of threads. A grade waits in a dozen places at once, and a wait
that got no thread would hold up the ones that others depend on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import ParamSpec, TypeVar

MAX_THREADS = 256

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


async def in_thread(
    function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """Run a function that blocks in a thread and wait for its result."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool(), partial(function, *args, **kwargs))


async def in_thread_until(
    stop: threading.Event,
    function: Callable[Arguments, Result],
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Result:
    """As :func:`in_thread`; when the task is cancelled, tell the function and wait for its end.

    Args:
        stop: What the function looks at.
        function: Ends soon after that is set.
        *args: For the function.
        **kwargs: For the function.
    """
    work = asyncio.ensure_future(in_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait({work})
        raise


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="worker")
