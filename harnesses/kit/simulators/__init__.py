"""Outside services that are simulated inside a pod.

``[run] simulates`` of a project's spec names their hosts; a check has the fixture ``simulators``::

    def test_unknown_user(cli, simulators):
        simulators.play(GITHUB, GitHub({"ana": [...]}))
        run = cli.run("bela")
        assert simulators.count(GITHUB) == 1
"""

from harnesses.kit.simulators.exchange import Answer, Call, Request, Script
from harnesses.kit.simulators.process import Simulators
from harnesses.kit.simulators.scripts import Always, CutOff, Malformed, Refused, Slow

__all__ = [
    "Always",
    "Answer",
    "Call",
    "CutOff",
    "Malformed",
    "Refused",
    "Request",
    "Script",
    "Simulators",
    "Slow",
]
