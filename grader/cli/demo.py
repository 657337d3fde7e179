"""``grader demo``: a repository on a git server of this machine, graded from start to end."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.git_server import serve_repositories
from grader.cli.grade import run
from grader.cli.output import ExitCode
from grader.domain.ids import new_id
from grader.domain.report import Report
from grader.domain.submission import Submission
from grader.domain.verdicts import Fault
from grader.reports import FORMATS, print_report, write
from grader.settings import settings as read_settings

PROJECT = "url_shortening_service"
SAMPLE = "demo"
AUTHOR = ("-c", "user.name=A Learner", "-c", "user.email=learner@example.org")
SEED = 7


def demo(
    report_dir: Annotated[Path, typer.Option(help="Where the report files go.")] = Path(
        "build/demo"
    ),
) -> None:
    """Grade a learner's repository, fetched over http from a git server on this machine."""
    from harnesses.kit.samples import load_samples, materialise

    settings = read_settings()
    with tempfile.TemporaryDirectory(prefix="grader-demo-") as folder:
        samples = load_samples(settings.harnesses_dir / PROJECT)
        sample = next(sample for sample in samples if sample.name == SAMPLE)
        repository = Path(folder, "shortener.git")
        materialise(sample, repository)
        _commit(repository)
        with serve_repositories(Path(folder)) as url:
            submission = Submission(
                id=new_id(),
                source=f"{url}/shortener.git",
                project=PROJECT,
                seed=SEED,
                owner="demo",
            )
            report = run(submission, settings)
    written = write(report, report_dir, list(FORMATS))
    print_report(report)
    print("\nReport written to:")
    for path in written:
        print(f"  {path}")
    raise typer.Exit(_exit_code(report))


def _exit_code(report: Report) -> ExitCode:
    """The demo fails if anything of ours did."""
    ours = report.score.undecided > 0 or (
        report.problem is not None and report.problem.fault is not Fault.LEARNER
    )
    return ExitCode.NOT_GRADED if ours else ExitCode.OK


def _commit(repository: Path) -> None:
    """Make a git repository of a folder."""
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        (*AUTHOR, "commit", "--quiet", "--message", "Shorten links"),
    ):
        subprocess.run(["git", "-C", str(repository), *command], check=True)
