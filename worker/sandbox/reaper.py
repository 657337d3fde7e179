"""Removes what dead workers left on the engine.

Only what carries our labels is looked at, and only what certainly belongs to nobody is removed:
another worker may use the same engine, and a grade may be starting in this very second.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from grader.errors import PlatformError
from worker.sandbox.containers import Containers
from worker.sandbox.labels import ATTEMPT, CREATED, OWNER
from worker.sandbox.owner import current_owner, has_died

# What this process made more recently than that may not have come to its list of attempts yet.
YOUNG_S = 60.0
# No attempt takes that long: the sum of all time-outs is below it.
OLD_S = 2 * 60 * 60.0
REMOVALS_AT_ONCE = 4

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reaped:
    """How many things were removed."""

    containers: int = 0
    volumes: int = 0
    networks: int = 0


def reap(
    containers: Containers, alive: Collection[str] | None = None, *, now: float | None = None
) -> Reaped:
    """Remove containers, volumes and networks of attempts that are over.

    Args:
        containers: The engine.
        alive: Ids of the attempts that this process is busy with; None: all that it began.
        now: Seconds since the epoch; for tests.

    Returns:
        What was removed. What could not be is logged, and found again the next time.

    Raises:
        PlatformError: If the engine cannot say what is there.
    """
    moment = time.time() if now is None else now
    found = containers.labelled(ATTEMPT)

    def over(kind: str) -> list[str]:
        return [name for name, row in found[kind].items() if is_over(row, alive, moment)]

    # Containers first: they hold the volumes and networks.
    return Reaped(
        containers=_remove(containers.remove, over("containers")),
        volumes=_remove(containers.remove_volume, over("volumes")),
        networks=_remove(containers.remove_network, over("networks")),
    )


def is_over(labels: Mapping[str, str], alive: Collection[str] | None, now: float) -> bool:
    """Whether nobody needs the thing with these labels any more.

    Args:
        labels: Its labels.
        alive: Ids of the attempts that this process is busy with; None: all that it began.
        now: Seconds since the epoch.
    """
    owner = labels.get(OWNER, "")
    age = now - _number(labels.get(CREATED))
    if owner == current_owner():
        return alive is not None and labels.get(ATTEMPT) not in alive and age > YOUNG_S
    return has_died(owner) or age > OLD_S


def _number(text: str | None) -> float:
    """A label's number; one that is none counts as long ago."""
    return float(text) if text and text.isdecimal() else 0.0


def _remove(remove: Callable[[str], None], names: Collection[str]) -> int:
    def attempt(name: str) -> bool:
        try:
            remove(name)
        except PlatformError as error:
            _log.warning("not reaped: %s", error)
            return False
        return True

    if not names:
        return 0
    with ThreadPoolExecutor(REMOVALS_AT_ONCE) as threads:
        return sum(threads.map(attempt, names))
