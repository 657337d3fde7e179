"""``grader projects``: the catalogue, and what one project asks for."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.catalog import load_all, load_project
from grader.cli.choose import choose_project
from grader.reports import words
from grader.settings import settings as read_settings


def projects(
    slug: Annotated[
        str, typer.Argument(metavar="[PROJECT]", help="Show this one: its brief and its rubric.")
    ] = "",
) -> None:
    """List the projects that can be graded, or show what one of them asks for."""
    if slug:
        _show(slug)
    else:
        _list()


def _list() -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("PROJECT", "LEVEL", "TITLE"):
        table.add_column(heading)
    for project in load_all(read_settings().specs_dir).values():
        table.add_row(project.slug, project.level, project.title)
    Console().print(table)
    typer.echo("\nRead what one asks for:  grader projects PROJECT")
    typer.echo("Grade yours:             grader grade SOURCE --project PROJECT")


def _show(slug: str) -> None:
    settings = read_settings()
    project = load_project(settings.specs_dir, choose_project(slug, ".", "", settings))
    folder = settings.specs_dir / project.slug
    typer.echo((folder / "brief.md").read_text(encoding="utf-8").rstrip())
    typer.echo("\n## What is graded\n")
    for criterion in project.rubric.criteria:
        worth = words.points(criterion.points)
        typer.echo(f"- {criterion.title} ({worth})")
    typer.echo("")
    typer.echo(f"The brief:              {folder / 'brief.md'}")
    if (folder / "openapi.yaml").is_file():
        typer.echo(f"The contract (OpenAPI): {folder / 'openapi.yaml'}")
    typer.echo(f"Grade yours:            grader grade SOURCE --project {project.slug}")
