"""``grader projects``: the catalogue."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from grader.catalog import load_all
from grader.settings import settings as read_settings


def projects() -> None:
    """List the projects that can be graded."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("PROJECT", "LEVEL", "TITLE"):
        table.add_column(heading)
    for project in load_all(read_settings().specs_dir).values():
        table.add_row(project.slug, project.level, project.title)
    Console().print(table)
    typer.echo("\nGrade one with: grader grade SOURCE --project PROJECT")
