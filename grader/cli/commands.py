"""``grader doctor`` and ``grader images``: what the machine needs."""

from __future__ import annotations

import typer

from grader.settings import settings as read_settings


def doctor() -> None:
    """Say what grading needs on this machine, what is missing and how to get it."""
    from grader.cli import doctor as diagnosis

    findings = diagnosis.doctor(read_settings())
    for finding in findings:
        typer.echo(f"{'ok     ' if finding.ok else 'MISSING'}  {finding.name}: {finding.detail}")
        if not finding.ok and finding.hint:
            typer.echo(f"         hint: {finding.hint}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


def images() -> None:
    """Pull or make every image that grading needs."""
    from worker.images.prepare import prepare

    for image in prepare(read_settings(), lambda line: typer.echo(f"{line} …", err=True)):
        typer.echo(f"{image.how:8} {image.name}")
