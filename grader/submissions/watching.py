"""Following a submission's events as they come, whoever writes them.

However many follow one submission, the database is asked once: readers share what was read.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from grader.domain.records import FINAL_STATES, StoredEvent
from grader.errors import PlatformError
from grader.store import Database, kept, submissions

LOOK_S = 0.2
PAGE = 500

_log = logging.getLogger(__name__)


class _Channel:
    """The events of one submission that somebody follows; number n is at index n - 1."""

    def __init__(self) -> None:
        self.events: list[StoredEvent] = []
        self.grown = asyncio.Condition()
        self.readers = 0

    @property
    def ended(self) -> bool:
        """Whether the submission has ended, so that no event comes that must be waited for."""
        states = (event for event in reversed(self.events) if event.type == "state")
        newest = next(states, None)
        return newest is not None and json.loads(newest.data)["state"] in FINAL_STATES


class Watcher:
    """Looks for new events of all submissions that are followed; used in one event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._channels: dict[str, _Channel] = {}
        self._task: asyncio.Task[None] | None = None

    async def follow(self, submission: str, after: int) -> AsyncIterator[StoredEvent]:
        """The events after a number, those to come as they come; ends with the submission.

        Args:
            submission: Its id; it exists.
            after: The number of the last event that is known; 0: none.
        """
        async with self._channel(submission) as channel:
            while True:
                for event in channel.events[after:]:
                    yield event
                    after = event.number
                if channel.ended:
                    return
                async with channel.grown:
                    if len(channel.events) <= after:
                        await channel.grown.wait()

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()

    @asynccontextmanager
    async def _channel(self, submission: str) -> AsyncIterator[_Channel]:
        channel = self._channels.setdefault(submission, _Channel())
        channel.readers += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        try:
            yield channel
        finally:
            channel.readers -= 1
            if not channel.readers:
                self._channels.pop(submission, None)

    async def _look(self) -> None:
        while self._channels:
            known = {name: len(channel.events) for name, channel in self._channels.items()}
            try:
                fresh = await asyncio.to_thread(self._read, known)
            except PlatformError as error:
                # Readers wait; they miss nothing, for events are numbered.
                _log.warning("events could not be read: %s", error)
                fresh = {}
            for name, events in fresh.items():
                channel = self._channels.get(name)
                if channel is not None and len(channel.events) == known[name]:
                    channel.events += events
                    async with channel.grown:
                        channel.grown.notify_all()
            await asyncio.sleep(LOOK_S)

    def _read(self, known: dict[str, int]) -> dict[str, list[StoredEvent]]:
        with self._database.reading() as session:
            newest = submissions.newest_events(session, list(known))
            return {
                name: kept.events_after(session, name, known[name], PAGE)
                for name, number in newest.items()
                if number > known[name]
            }
