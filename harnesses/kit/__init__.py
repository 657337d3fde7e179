"""What the author of a harness imports.

    from harnesses.kit import check, expect

    @check("links.missing", hint="Look the code up before you answer; 404 when it is not there.")
    def test_unknown_code_is_404(api):
        expect(api.get("/shorten/nope99")).missing()

Fixtures: ``api`` (:class:`Api`), ``rng`` (:class:`random.Random`, seeded for this attempt and
check), ``app`` (:class:`App`, the app as a process), ``site`` (:class:`harnesses.kit.pages.Site`,
the app's pages); of command-line projects ``cli`` (:class:`Cli`, the program), of libraries
``library`` (:class:`harnesses.kit.library.Library`), of both ``rng``; where the spec names outside
services ``simulators`` (:class:`Simulators`).
"""

from harnesses.kit.api import Api, Reply, poll
from harnesses.kit.command.cli import Cli
from harnesses.kit.command.run import Run
from harnesses.kit.command.session import Session
from harnesses.kit.declare import check
from harnesses.kit.expectations import expect
from harnesses.kit.failures import CheckFailed, Undecidable
from harnesses.kit.process import App
from harnesses.kit.simulators.process import Simulators

__all__ = [
    "Api",
    "App",
    "CheckFailed",
    "Cli",
    "Reply",
    "Run",
    "Session",
    "Simulators",
    "Undecidable",
    "check",
    "expect",
    "poll",
]
