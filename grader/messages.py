"""Every message that a person can be shown when something ends badly, in one table.

A row holds how the submission ended, what happened and one thing to try. ``title`` and ``hint``
are ``str.format`` templates. No blame, no traceback of ours. ``tests/unit/test_messages.py``
visits every row.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Message:
    """The words of one error."""

    verdict: Verdict
    title: str
    hint: str


CATALOGUE: dict[str, Message] = {
    # -- platform ---------------------------------------------------------------------------------
    "engine.unreachable": Message(
        Verdict.GRADER_ERROR,
        "no container engine answers at {address}: {cause}",
        "run `grader doctor`, it says what is missing and how to get it",
    ),
    # -- sources ----------------------------------------------------------------------------------
    # -- builds -----------------------------------------------------------------------------------
    # -- start ------------------------------------------------------------------------------------
    # -- harness ----------------------------------------------------------------------------------
    # -- catalogue and usage ----------------------------------------------------------------------
}
