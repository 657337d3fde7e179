"""``grader qualify``: proof that the harnesses are right."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.catalog import load_project, slugs
from grader.cli.choose import choose_project
from grader.domain.project import Project
from grader.errors import UsageError
from grader.settings import Settings
from grader.settings import settings as read_settings

if TYPE_CHECKING:  # the worker is imported where it is needed: `grader --help` does without
    from rich.table import Table

    from harnesses.kit.samples import Sample
    from worker.qualify import Qualification


def qualify(
    projects: Annotated[
        list[str] | None, typer.Argument(help="Which projects; default: all of them.")
    ] = None,
    sample: Annotated[
        list[str] | None, typer.Option(help="Only this sample; may be given several times.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Samples graded at a time.")] = 2,
    short: Annotated[
        bool,
        typer.Option(help="Less of the load test; flawed samples with what they lose only."),
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Seed of the data; default: a fixed one."),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the results here as well.")
    ] = None,
) -> None:
    """Grade the samples of each project and compare what they lose with what they must lose."""
    from harnesses.kit.samples import match_rubric

    settings = read_settings()
    chosen = [choose_project(slug, ".", "", settings) for slug in projects or []]
    every = [
        (load_project(settings.specs_dir, slug), _samples(settings, slug, sample or []))
        for slug in chosen or slugs(settings.specs_dir)
    ]
    if not sample:
        for project, samples in every:
            match_rubric(samples, project.rubric)
    results = asyncio.run(_run(every, settings, jobs, seed, short=short))
    if json_file:
        rows = [result.model_dump(mode="json") for result in results]
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    wrong = [result for result in results if not result.ok]
    print(f"{len(results) - len(wrong)} of {len(results)} samples lose what they should")
    raise typer.Exit(1 if wrong else 0)


async def _run(
    every: list[tuple[Project, list[Sample]]],
    settings: Settings,
    jobs: int,
    seed: int | None,
    *,
    short: bool,
) -> list[Qualification]:
    from rich.console import Console

    from worker.qualify import SEED, qualify_project
    from worker.workbench import Workbench

    results: list[Qualification] = []
    with Workbench.open(settings) as bench:
        for project, samples in every:
            found = await qualify_project(
                project, samples, bench, jobs, _say, SEED if seed is None else seed, short=short
            )
            results += found
            Console().print(_table(found))
    return results


def _samples(settings: Settings, slug: str, wanted: list[str]) -> list[Sample]:
    from harnesses.kit.samples import load_samples

    samples = load_samples(settings.harnesses_dir / slug)
    names = [sample.name for sample in samples]
    for name in wanted:
        if name not in names:
            raise UsageError("usage.sample_unknown", wanted=name, known=", ".join(names))
    return [sample for sample in samples if not wanted or sample.name in wanted]


def _say(result: Qualification) -> None:
    sign = "✓" if result.ok else "✗"
    print(f"  {sign} {result.sample} ({result.seconds:.0f} s)", file=sys.stderr, flush=True)
    if not result.ok:
        for message in result.messages:
            print(f"      {message}", file=sys.stderr, flush=True)
        if result.problem:
            print(f"      ended early: {result.problem}", file=sys.stderr, flush=True)
        for line in "\n".join(result.mistakes).splitlines():
            print(f"      | {line}", file=sys.stderr, flush=True)


def _table(results: list[Qualification]) -> Table:
    from rich.table import Table

    table = Table(title=results[0].project if results else "", box=None, header_style="bold")
    for heading in ("SAMPLE", "MUST LOSE", "LOST", "SCORE", ""):
        table.add_column(heading, overflow="fold")
    for result in results:
        table.add_row(
            result.sample,
            ", ".join(result.expected) or "nothing",
            ", ".join(result.lost) or "nothing",
            f"{result.score:g}",
            "ok" if result.ok else "WRONG",
        )
    return table
