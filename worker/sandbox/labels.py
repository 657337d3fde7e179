"""Labels: what on the engine is ours, what it is for, and whose it is.

Everything this package creates carries all of them, and ours win over an image's own labels, so
that a submission cannot pass its containers off as somebody else's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from worker.sandbox.owner import current_owner

ROLE = "org.grader.role"
SUBMISSION = "org.grader.submission"
ATTEMPT = "org.grader.attempt"
OWNER = "org.grader.owner"
CREATED = "org.grader.created"

PAUSE = "pause"
APP = "app"
HARNESS = "harness"
HOLDER = "holder"
SERVICE = "service"
VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose a pod is.

    Attributes:
        submission: The submission's id.
        attempt: The id of this attempt at grading it; unique for each.
    """

    submission: str
    attempt: str

    def labels(self, role: str) -> dict[str, str]:
        """All labels of something that belongs to this attempt.

        Args:
            role: What it is for: one of the names above.
        """
        return {
            ROLE: role,
            SUBMISSION: self.submission,
            ATTEMPT: self.attempt,
            OWNER: current_owner(),
            CREATED: str(int(time.time())),
        }
