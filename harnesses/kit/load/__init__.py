"""What the author of a load test imports; see :mod:`harnesses.kit.load.scenario`.

Nothing here imports Locust: it changes the standard library of the process that does.
"""

from harnesses.kit.load.scenario import LoadScenario, task
from harnesses.kit.load.user import LoadUser

__all__ = ["LoadScenario", "LoadUser", "task"]
