"""``grader``: the command line."""

from __future__ import annotations

import signal
import sys

import typer

from grader import __version__
from grader.cli import (
    commands,
    demo,
    grade,
    projects,
    qualify,
    serve,
    settings_command,
)
from grader.cli.output import fail
from grader.errors import GraderError

app = typer.Typer(
    name="grader",
    help="Builds a backend project, runs it in a sandbox, and reports a score with evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """Builds a backend project, runs it in a sandbox, and reports a score with evidence."""


app.command("grade")(grade.grade)
app.command("projects")(projects.projects)
app.command("qualify")(qualify.qualify)
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.command("doctor")(commands.doctor)
app.command("images")(commands.images)
app.command("settings")(settings_command.settings)
app.command("demo")(demo.demo)


def main() -> None:
    """The console script: errors with words end with them, never with a traceback.

    SIGTERM is taken like Ctrl-C, so that containers are removed before the process ends.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except GraderError as error:
        sys.exit(fail(error))


if __name__ == "__main__":
    main()
