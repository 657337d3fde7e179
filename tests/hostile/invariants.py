"""What holds after every row, whatever the submission did."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import docker
import jsonschema

from grader.domain.report import Report, json_schema
from grader.domain.verdicts import Verdict
from grader.reports import (
    render_ctrf,
    render_html,
    render_json,
    render_junit,
    render_markdown,
    render_terminal,
)
from tests.hostile.world import World
from worker.sandbox.labels import SUBMISSION

LEFT_S = 10.0
# Where another row runs beside this one, what that one holds has to be waited for.
RUNS_BESIDE = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1
BESIDE_S = 90.0
REPORT_BYTES = 4 * 1024 * 1024
# What an engine still refers to is closed; its collector gives pages back minutes later, so that
# its resident memory says little after one row and has a bound of its own. A row that runs beside
# has containers of its own, and a worker that keeps connections open.
ENGINE_HANDLES = 150 if RUNS_BESIDE else 25
ENGINE_MB = 4096
# The image of the row that runs beside may be as large.
DISK_MB = 250 if RUNS_BESIDE else 50
BUILD_GROUPS = (Path("/sys/fs/cgroup/pids/grader"), Path("/sys/fs/cgroup/grader"))
_RENDER: dict[str, Callable[[Report], str]] = {
    "json": render_json,
    "html": render_html,
    "md": render_markdown,
    "junit": render_junit,
    "ctrf": render_ctrf,
    "terminal": render_terminal,
}


def renderings(report: Report) -> dict[str, str]:
    """The report in every format."""
    return {name: render(report) for name, render in _RENDER.items()}


def readable(report: Report) -> dict[str, str]:
    """I9: every format is UTF-8, of bounded size, and what it says it is.

    Returns:
        The report in every format.
    """
    texts = renderings(report)
    for name, text in texts.items():
        assert len(text.encode()) < REPORT_BYTES, f"{name} is too large"

    def no_constant(name: str) -> None:
        raise AssertionError(f"{name} in report.json")

    jsonschema.validate(json.loads(texts["json"], parse_constant=no_constant), json_schema())
    json.loads(texts["ctrf"], parse_constant=no_constant)
    ElementTree.fromstring(texts["junit"])
    assert texts["html"].count("<html") == 1
    assert texts["html"].rstrip().endswith("</html>")
    return texts


def honest_score(report: Report) -> None:
    """I10: points lie between none and all, and only a harness gives any."""
    score = report.score
    assert 0 <= score.earned <= score.possible, score
    if not report.runs:
        assert score.earned == 0, score
    if report.verdict is not Verdict.GRADED and not any(run.checks for run in report.runs):
        assert score.earned == 0, score


def nothing_left(client: docker.DockerClient, submission: str, before: frozenset[Path]) -> None:
    """I2: ten seconds after the verdict nothing of the attempt is there.

    Args:
        client: The engine.
        submission: The id that its containers carry.
        before: Work folders and control groups that were there before it.
    """
    deadline = time.monotonic() + LEFT_S
    while left := _left(client, submission) + sorted(map(str, work_places() - before)):
        assert time.monotonic() < deadline, f"left after {LEFT_S:g} s: {left}"
        time.sleep(0.1)


def _left(client: docker.DockerClient, submission: str) -> list[str]:
    filters = {"label": f"{SUBMISSION}={submission}"}
    found = [row["Id"][:12] for row in client.api.containers(all=True, filters=filters)]
    found += [row["Name"] for row in client.api.volumes(filters=filters).get("Volumes") or []]
    found += [row["Name"] for row in client.api.networks(filters=filters)]
    return found


def work_places() -> frozenset[Path]:
    """Folders and control groups of grades that are going on or were cut off."""
    folders = [*Path(tempfile.gettempdir()).glob("grader-*")]
    mine = f"*{os.getpid()}*"
    groups = [group for root in BUILD_GROUPS for group in root.glob(mine)]
    return frozenset(path for path in folders + groups if path.is_dir())


def no_secret(texts: dict[str, str], world: World) -> None:
    """I7: nothing that only we know is in what a learner sees."""
    for name, text in texts.items():
        for what, secret in world.secrets.items():
            assert secret not in text, f"{what} in {name}"


def untouched(world: World) -> None:
    """I1 and I8: no canary on the host was changed, none was reached."""
    assert world.changed_files() == []
    assert world.visitors == []


@dataclass(frozen=True)
class Baseline:
    """What the machine is like before a row."""

    disk_mb: int
    engine_handles: int
    places: frozenset[Path]

    @classmethod
    def take(cls, client: docker.DockerClient) -> Baseline:
        root = client.info()["DockerRootDir"]
        status = os.statvfs(root if Path(root).is_dir() else "/")
        return cls(status.f_bavail * status.f_frsize // 2**20, _engine_handles(), work_places())

    def holds(self, client: docker.DockerClient) -> None:
        """I5: disk and what the engine holds open are given back, its memory is bounded."""
        deadline = time.monotonic() + (BESIDE_S if RUNS_BESIDE else LEFT_S)
        while True:
            now = Baseline.take(client)
            lost = self.disk_mb - now.disk_mb
            held = now.engine_handles - self.engine_handles
            if lost < DISK_MB and held < ENGINE_HANDLES:
                break
            assert time.monotonic() < deadline, f"{lost} MiB of disk and {held} handles kept"
            time.sleep(0.5)
        assert _engine_mb() < ENGINE_MB


def _engine_processes() -> list[Path]:
    """The engine's processes on this machine; none where it runs elsewhere."""
    found = []
    for name in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            if name.read_text().strip() == "dockerd":
                found.append(name.parent)
    return found


def _engine_handles() -> int:
    """Open files, pipes and connections of the engine."""
    count = 0
    for process in _engine_processes():
        with suppress(OSError):
            count += sum(1 for _ in (process / "fd").iterdir())
    return count


def _engine_mb() -> int:
    """Resident memory of the engine, in MiB."""
    pages = 0
    for process in _engine_processes():
        with suppress(OSError):
            pages += int((process / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20
