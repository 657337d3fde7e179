"""The queue: it wakes workers, and that is all. What there is to do stands in the database.

A wake-up that is lost delays a submission by the workers' next look (:data:`POLL_S`), no more.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any, Protocol

from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError

# How often a worker looks by itself, in seconds.
POLL_S = 2.0
# A queue that hangs must not hold up anybody.
CONNECT_S = 1
JOB = "wake"
NAME = "grader:wake"

_log = logging.getLogger(__name__)


class Queue(Protocol):
    """How the API tells workers that there is something to do."""

    async def wake(self) -> None:
        """Wake a worker, at best; never raises, never takes long."""

    async def close(self) -> None:
        """Give the connection back."""


class LocalQueue:
    """The queue of one process: a call.

    Args:
        wake: What wakes the worker; called in any thread.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    async def wake(self) -> None:
        self._wake()

    async def close(self) -> None:
        pass


class ArqQueue:
    """The queue of many machines: Redis, through arq."""

    def __init__(self, url: str) -> None:
        self._settings = redis_settings(url)
        self._pool: ArqRedis | None = None

    async def wake(self) -> None:
        try:
            if self._pool is None:
                self._pool = await create_pool(
                    self._settings,
                    job_serializer=to_json,
                    job_deserializer=from_json,
                    default_queue_name=NAME,
                )
            await self._pool.enqueue_job(JOB)
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("no worker was woken, they look by themselves: %s", error)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.aclose()


def redis_settings(url: str) -> RedisSettings:
    """How arq reaches Redis.

    Args:
        url: Such as ``redis://localhost:6379/0``, ``rediss://`` or ``unix:///path``.
    """
    settings = RedisSettings.from_dsn(url)
    settings.conn_timeout = CONNECT_S
    settings.conn_retries = 0
    return settings


def to_json(value: dict[str, Any]) -> bytes:
    """Jobs as JSON: what anybody put into Redis may be read without running it."""
    return json.dumps(value).encode()


def from_json(data: bytes) -> dict[str, Any]:
    """The job that :func:`to_json` wrote; ValueError for anything else."""
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError("a job is a JSON object")
    return value
