"""``/healthz`` and ``/readyz``, for who watches the service."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from grader.api import problems
from grader.api.service import Here
from grader.store import kept, submissions

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """This process answers."""

    status: Literal["ok"] = "ok"


class Ready(Alive):
    """The database answers as well."""

    queued: int
    places: int


@router.get("/healthz", summary="Whether this process answers")
async def healthz() -> Alive:
    """Always ok, or no answer."""
    return Alive()


@router.get(
    "/readyz", responses=problems.responses(503), summary="Whether submissions can be taken"
)
def readyz(service: Here) -> Ready:
    """What waits, and how many can be graded at a time now."""
    with service.database.reading() as session:
        waiting = submissions.queued(session)
        places = kept.slots(session, service.database.now(session))
    return Ready(queued=waiting, places=places)
