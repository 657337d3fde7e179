import time
from pathlib import Path

from grader.domain.report import Report
from tests.hostile import beside
from tests.hostile.world import World


def write(folder: Path, world: World) -> None:
    beside.write(folder)


def check(report: Report, world: World) -> None:
    """None outlives the pod."""
    assert "20 daemons" in (report.app_log.text if report.app_log else "")
    deadline = time.monotonic() + 10
    while left := _daemons():
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def _daemons() -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/comm"):
        try:
            found += [str(file)] if file.read_text().startswith("hostile-daemon") else []
        except OSError:
            continue
    return found
