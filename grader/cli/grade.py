"""``grader grade``: one submission, from its source to its report."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from grader.catalog import load_project
from grader.cli.choose import choose_project
from grader.cli.output import ExitCode, exit_code_of, fail, mistake_in_request, share
from grader.cli.view import ProgressView
from grader.domain.ids import new_id, new_seed
from grader.domain.report import Report
from grader.domain.submission import Submission
from grader.errors import UsageError
from grader.reports import FORMATS, print_report, words, write
from grader.settings import Settings
from grader.settings import settings as read_settings


def grade(
    source: Annotated[
        str,
        typer.Argument(help="A folder, a git URL, an archive, or the URL of a running app."),
    ],
    project: Annotated[str, typer.Option(help="Which project it is; see `grader projects`.")] = "",
    path: Annotated[str, typer.Option(help="Sub-folder that holds the project.")] = "",
    ref: Annotated[str | None, typer.Option(help="Branch, tag or commit of a git source.")] = None,
    report_dir: Annotated[Path, typer.Option(help="Where the report files go.")] = Path(
        "grader-report"
    ),
    formats: Annotated[
        str, typer.Option("--format", help=f"Of {', '.join(FORMATS)}, separated by commas.")
    ] = "json,html,md,junit,ctrf",
    min_score: Annotated[
        float | None, typer.Option(min=0, max=100, help="Exit with 1 below this score.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Send the same data as in an earlier report.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the report only.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print every line of the build.")
    ] = False,
) -> None:
    """Grade a submission and write the report."""
    settings = read_settings()
    wanted = _formats(formats)
    submission = Submission(
        id=new_id(),
        source=source,
        project=choose_project(project, source, path, settings),
        ref=ref,
        path=path,
        leave_out=_inside(report_dir, Path(source)),
        seed=new_seed() if seed is None else seed,
    )
    report = run(submission, settings, quiet=quiet, verbose=verbose)
    if mistake := mistake_in_request(report):
        # Nothing was graded: an earlier report stays what it is.
        raise typer.Exit(fail(mistake))
    written = write(report, report_dir, wanted)
    print_report(report)
    _name_files(written)
    code = exit_code_of(report, min_score)
    if code is ExitCode.BELOW_MIN_SCORE:
        reached = words.number(round(share(report.score), 2))
        print(f"\n{reached} is below --min-score {words.number(min_score or 0)}", file=sys.stderr)
    raise typer.Exit(code)


def _inside(folder: Path, outer: Path) -> str:
    """The path of a folder below another one; empty where it is not below it."""
    with suppress(ValueError, OSError, RuntimeError):
        below = folder.resolve().relative_to(outer.expanduser().resolve()).as_posix()
        return "" if below == "." else below
    return ""


def run(
    submission: Submission, settings: Settings, *, quiet: bool = False, verbose: bool = False
) -> Report:
    """Grade in this process, with progress on standard error unless ``quiet``."""
    # The worker brings docker and all of the harness kit with it: `grader --help` needs neither.
    from worker.grade import grade_submission
    from worker.workbench import Workbench

    loaded = load_project(settings.specs_dir, submission.project)
    view = ProgressView(sys.stderr, quiet=quiet, verbose=verbose)
    with Workbench.open(settings) as bench:
        return asyncio.run(grade_submission(submission, loaded, bench, view))


def _formats(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise UsageError("usage.format", wanted=unknown[0], known=", ".join(FORMATS))
    return list(dict.fromkeys(["json", *names]))


def _name_files(paths: list[Path]) -> None:
    print("\nReport written to:")
    for path in paths:
        print(f"  {path}")


__all__ = ["ExitCode", "grade", "run"]
