import subprocess
from pathlib import Path

from grader.domain.report import Report
from tests.hostile.world import World

TRIPPED = "/tmp/grader-hostile-tripped"
SETTINGS = (
    "core.fsmonitor",
    "core.sshCommand",
    "core.pager",
    "core.editor",
    "diff.external",
    "gpg.program",
    "core.askPass",
    "core.hooksPath",
    "filter.x.clean",
    "filter.x.smudge",
    "uploadpack.packObjectsHook",
)


def write(folder: Path, world: World) -> None:
    Path(TRIPPED).unlink(missing_ok=True)
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@y"]
    (folder / ".gitattributes").write_text("* filter=x diff=x\n")
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)
    for name in SETTINGS:
        subprocess.run([*git, "config", name, f"touch {TRIPPED};"], check=True)


def check(report: Report, world: World) -> None:
    assert not Path(TRIPPED).exists(), "git ran a program that the repository names"
