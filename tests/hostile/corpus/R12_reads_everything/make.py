from pathlib import Path

from grader.domain.report import Report
from tests.hostile import beside
from tests.hostile.said import said_by_app
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)


def check(report: Report, world: World) -> None:
    seen = said_by_app(report)
    nothing = {"sockets": [], "canaries": [], "harness": [], "memory": 0, "keys": 0}
    assert {name: seen[name] for name in nothing} == nothing
    # The init process, the shell that starts the app, the app.
    assert seen["processes"] <= 3
