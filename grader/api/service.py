"""What every route works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from grader.queue import Queue
from grader.settings import Settings
from grader.store import Database
from grader.submissions.watching import Watcher


@dataclass(frozen=True, slots=True)
class Service:
    """One running service.

    Attributes:
        settings: The operator's.
        database: Where everything is kept.
        queue: How workers are woken.
        watcher: What clients follow events through.
    """

    settings: Settings
    database: Database
    queue: Queue
    watcher: Watcher


async def _service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


Here = Annotated[Service, Depends(_service)]
