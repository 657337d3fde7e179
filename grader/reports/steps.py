"""What a check did, in order, where more than its requests matters: the app was restarted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.domain.evidence import HttpExchange, Interaction


@dataclass(frozen=True)
class Step:
    """One step: a request or call, or else something that was done to the app, in words.

    ``shows`` says that what came back is what failed the check.
    """

    number: int
    done: str = ""
    interaction: Interaction | None = None
    shows: bool = False


def steps_of(interactions: Sequence[Interaction]) -> tuple[Step, ...]:
    """The way to a failure, numbered from 1.

    Args:
        interactions: Those that were kept of a check, the one that shows the failure first.

    Returns:
        All of them in the order in which they were made, and what was done between them; nothing
        where only requests were made: the one that shows the failure then says enough.
    """
    if not any(_done_before(one) for one in interactions):
        return ()
    telling, *_ = interactions
    steps: list[Step] = []
    for one in sorted(interactions, key=lambda one: one.number or 0):
        if done := _done_before(one):
            steps.append(Step(len(steps) + 1, done=done[:1].upper() + done[1:]))
        steps.append(Step(len(steps) + 1, interaction=one, shows=one is telling))
    return tuple(steps)


def _done_before(one: Interaction) -> str:
    return one.preceded_by if isinstance(one, HttpExchange) else ""
