"""The report on a terminal: readable at 80 columns, with and without colour."""

from __future__ import annotations

import sys
from io import StringIO, TextIOWrapper
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.domain.evidence import (
    CommandRun,
    Finding,
    HttpExchange,
    Interaction,
    LatencyRow,
    LoadTable,
)
from grader.domain.report import Report
from grader.domain.scoring import Ending
from grader.domain.text import clean
from grader.domain.verdicts import Outcome
from grader.reports import calls, words
from grader.reports import view as views
from grader.reports.commands import over_lines
from grader.reports.runner import no_workflow_commands
from grader.reports.steps import Step

STYLES = {
    "passed": "green",
    "partly": "yellow",
    "failed": "bold red",
    "blocked": "dim",
    "errored": "cyan",
}
MIN_WIDTH = 40
MAX_WIDTH = 100
BAR_WIDTH = 40
LOG_LINES = 20
CALL_LINES = 14
TRACEBACK_LINES = 6
BODY_CHARS = 400
CURL_CHARS = 2_000
MAX_FINDINGS = 5
MAX_ECHOES = 5


def print_report(report: Report, stream: TextIO | None = None) -> None:
    """Print a report for a person.

    Args:
        report: What to print.
        stream: Where to; standard output unless given. Colour is used on a terminal only.
    """
    stream = stream or sys.stdout
    if isinstance(stream, TextIOWrapper):
        # A terminal that knows no “✓” shows a question mark; it is no reason to fail.
        stream.reconfigure(errors="replace")
    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    console.width = max(MIN_WIDTH, min(console.width, MAX_WIDTH))
    with no_workflow_commands(stream):
        console.print(renderable(report), crop=False)


def render_terminal(report: Report, width: int = 80) -> str:
    """The report as plain text, without colour, lines at most ``width`` long."""
    out = StringIO()
    console = Console(
        file=out, width=width, color_system=None, highlight=False, emoji=False, markup=False
    )
    console.print(renderable(report), crop=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def renderable(report: Report) -> RenderableType:
    """The report as something that Rich can print."""
    view = views.view(report)
    parts: list[RenderableType] = [*_score(view)]
    problem = _problem(view.problem, ours=view.ours) if view.problem else []
    first = _first(view.first) if view.first else []
    parts += [*first, *problem] if view.ours else [*problem, *first]
    for group in view.groups:
        parts += _group(group)
    if view.load:
        parts += _load(view.load)
    parts += _notes(view.report)
    lost = sum(1 for group in view.groups for item in group.unfinished if item.proofs)
    if view.first and lost > 1:
        parts += [Text(""), Text("The requests behind the other lost points are in report.html.")]
    return Group(*parts)


def _score(view: views.View) -> list[RenderableType]:
    report = view.report
    score = report.score
    line = Text()
    line.append(f"{words.number(score.earned)} of {score.possible} points", style="bold")
    line.append(f"  {view.headline}")
    parts: list[RenderableType] = [
        Text(""),
        Text(report.project.title, style="dim"),
        line,
        _bar(view),
    ]
    if view.undecided:
        parts.append(Text(view.undecided, style="cyan"))
    return parts


def _bar(view: views.View) -> Text:
    score = view.report.score
    earned = int(BAR_WIDTH * score.earned / score.possible)
    undecided = round(BAR_WIDTH * score.undecided / score.possible)
    bar = Text()
    bar.append("█" * earned, style="green")
    bar.append("▒" * undecided, style="cyan")
    bar.append("░" * max(0, BAR_WIDTH - earned - undecided), style="dim")
    return bar


def _heading(text: str) -> list[RenderableType]:
    return [Text(""), Text(text, style="bold")]


def _problem(problem: Ending, *, ours: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [Text("")]
    parts.append(Text(("our error: " if ours else "error: ") + problem.title, style="bold"))
    if problem.log:
        # Of our own errors the last line says enough; report.json has it all.
        log = _last_lines(problem.log, 1 if ours else LOG_LINES)
        parts += [Text(""), _quoted(log), Text("")]
    if problem.hint:
        parts.append(Text(f"hint: {problem.hint}"))
    return parts


def _first(item: views.Item) -> list[RenderableType]:
    stake = words.points(item.result.lost)
    if item.waiting:
        stake += f", and {words.number(item.waiting)} more wait for it"
    parts = _heading(f"Fix this first: {item.result.title} ({stake})")
    if not item.proofs:
        parts.append(_indented(Text(item.result.message)))
        if item.result.hint:
            parts.append(_labelled("hint", item.result.hint))
        return parts
    return parts + _proof(item.proofs[0])


def _proof(proof: views.Proof) -> list[RenderableType]:
    parts: list[RenderableType] = [_indented(Text(proof.message or proof.title)), Text("")]
    for label, value in (
        ("expected", proof.expected),
        ("came back", proof.actual),
        ("hint", proof.hint),
    ):
        if value:
            parts.append(_labelled(label, value))
    if proof.steps:
        parts += _steps(proof.steps)
    elif proof.exchange:
        parts += _exchange(proof.exchange)
    for finding in proof.findings[:MAX_FINDINGS]:
        parts += _finding(finding)
    for log in proof.logs:
        text = _last_lines(log.text, TRACEBACK_LINES)
        parts += [Text(""), _indented(Text(f"{log.title}:", style="dim")), _quoted(text)]
    return parts


def _steps(steps: tuple[Step, ...]) -> list[RenderableType]:
    parts: list[RenderableType] = []
    for step in steps:
        parts += [Text(""), _labelled(f"step {step.number}", step.done)]
        if isinstance(step.interaction, HttpExchange):
            parts += [_command(step.interaction.curl), *_answer(step.interaction)]
        elif step.interaction:
            parts += _call(step.interaction)
    return parts


def _exchange(exchange: Interaction) -> list[RenderableType]:
    if isinstance(exchange, CommandRun):
        return _call(exchange)
    return [*_answer(exchange), Text(""), _command(exchange.curl)]


def _answer(exchange: HttpExchange) -> list[RenderableType]:
    if exchange.error:
        return [_labelled("answer", exchange.error)]
    if exchange.status is None:
        return []
    body = clean(exchange.response_body or "", BODY_CHARS).strip()
    parts = [_labelled("answer", str(exchange.status))]
    return [*parts, _labelled("", body)] if body else parts


def _call(run: CommandRun) -> list[RenderableType]:
    parts: list[RenderableType] = [_labelled("ended", calls.ending_of(run))]
    for block in calls.printed_by(run):
        # The end of a conversation, and of a stack trace, says most.
        text = _last_lines(block.text, CALL_LINES)
        parts += [_indented(Text(f"{block.label}:", style="dim")), _quoted(text)]
    command = clean(run.command, CURL_CHARS)
    # What goes over several lines ends at a word that stands at the beginning of its own.
    indent = "" if "\n" in command else "  "
    return [*parts, Text(""), Text(f"{indent}{command}", no_wrap=True, overflow="ignore")]


def _command(curl: str) -> Text:
    """A command line to copy: broken between arguments only, never wrapped."""
    command = over_lines(clean(curl, CURL_CHARS), indent="    ")
    return Text(f"  {command}", no_wrap=True, overflow="ignore")


def _finding(finding: Finding) -> list[RenderableType]:
    times = f" ({finding.occurrences} times)" if finding.occurrences > 1 else ""
    parts: list[RenderableType] = [_labelled("found", f"{words.found(finding)}{times}")]
    if finding.detail:
        parts.append(_labelled("", finding.detail))
    if finding.exchange:
        parts += _exchange(finding.exchange)
    return parts


def _group(group: views.Group) -> list[RenderableType]:
    parts = _heading(
        f"{group.title}: {words.number(group.earned)} of {words.points(group.possible)}"
    )
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for item in group.unfinished:
        _rows(table, item)
    for bundle in group.bundles:
        _bundle_row(table, bundle)
    for item in group.passed:
        _rows(table, item)
    return [*parts, table]


def _bundle_row(table: Table, bundle: views.Bundle) -> None:
    style = STYLES[bundle.outcome]
    text = Text(f"{len(bundle.criteria)} {bundle.word.lower()}: ", style=style, overflow="fold")
    text.append(bundle.message, style="default")
    earned = "?" if bundle.outcome is Outcome.ERRORED else "0"
    table.add_row(Text(f"  {bundle.sign}", style=style), text, f"{earned}/{bundle.points}")


def _rows(table: Table, item: views.Item) -> None:
    result = item.result
    style = STYLES[item.state]
    title = Text(result.title, overflow="fold")
    if result.outcome is not Outcome.PASSED:
        title.append(f"\n{item.word}: " if item.reason else f"\n{item.word}", style=style)
        title.append(item.reason)
    unknown = result.outcome is Outcome.ERRORED and not result.earned
    earned = f"{'?' if unknown else words.number(result.earned)}/{result.points}"
    table.add_row(Text(f"  {item.sign}", style=style), title, Text(earned))
    same = [echo for echo in item.echoes if echo.harness is result.harness]
    if same:
        names = ", ".join(f"“{echo.title}”" for echo in same[:MAX_ECHOES])
        if len(same) > MAX_ECHOES:
            names += f" and {len(same) - MAX_ECHOES} more"
        total = sum(echo.points for echo in same)
        waiting = Text(f"Not checked because of this: {names}", style="dim", overflow="fold")
        table.add_row(Text(""), waiting, Text(f"0/{total}"))


def _load(load: LoadTable) -> list[RenderableType]:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("  request", overflow="fold", ratio=1)
    for heading in ("median", "p95", "reference p95", "req/s", "failed"):
        table.add_column(heading, justify="right", no_wrap=True)
    reference = {row.name: row for row in load.calibration}
    for row in load.app:
        table.add_row(*_load_row(row, reference.get(row.name)))
    parts = _heading(f"Response times with {words.counted(load.users, 'user')} at once")
    parts.append(table)
    parts += [_indented(Text(error)) for error in load.errors[:MAX_FINDINGS]]
    return parts


def _load_row(row: LatencyRow, reference: LatencyRow | None) -> list[str | Text]:
    return [
        Text(f"  {row.name}"),
        words.milliseconds(row.median_ms),
        words.milliseconds(row.p95_ms),
        words.milliseconds(reference.p95_ms) if reference else "",
        words.rate(row.requests_per_s),
        str(row.failures),
    ]


def _notes(report: Report) -> list[RenderableType]:
    if not report.notes:
        return []
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=3, justify="right")
    grid.add_column(ratio=1, overflow="fold")
    for note in report.notes:
        grid.add_row("•", Text(note.text, overflow="fold"))
    return [*_heading("Good to know"), grid]


def _labelled(label: str, text: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=11, justify="right", style="dim")
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row(label, Text(text, overflow="fold"))
    return grid


def _indented(text: Text) -> RenderableType:
    text.overflow = "fold"
    return Padding(text, (0, 0, 0, 2))


def _quoted(text: str) -> RenderableType:
    """Lines of a log behind a bar, so that they cannot be taken for ours."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=3, justify="right", style="dim")
    grid.add_column(ratio=1, overflow="fold")
    for line in text.splitlines():
        grid.add_row("|", Text(line, overflow="fold"))
    return grid


def _last_lines(text: str, count: int) -> str:
    return "\n".join(text.rstrip().splitlines()[-count:])
