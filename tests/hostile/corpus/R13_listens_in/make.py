from pathlib import Path

from grader.domain.report import Report
from tests.hostile import beside
from tests.hostile.said import all_said_by_app
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)


EPERM = 1


def check(report: Report, world: World) -> None:
    first, *_ = all_said_by_app(report)
    assert first == {
        "first": True,
        "open_ports": [],
        "listening": [],
        "abstract_sockets": [],
        "packets": EPERM,
        "raw": EPERM,
        "raw_icmp": EPERM,
    }
    # What the app answers 500 for.
    assert "somebody else listens" not in report.model_dump_json()
