"""``report.md``: the report as a comment on GitHub, where nothing in it can act.

Text of a learner's program could mention people, load images, link to anywhere or bring HTML
along. Here it is either in a code block, whose fence is longer than any in the text, or escaped
character by character.
"""

from __future__ import annotations

import re

from grader.domain.evidence import CommandRun, Finding, Interaction, LoadTable
from grader.domain.report import Report
from grader.domain.scoring import Ending
from grader.domain.text import clean
from grader.reports import calls, words
from grader.reports.commands import over_lines
from grader.reports.facts import facts_of
from grader.reports.plot import ComparedRow, load_of
from grader.reports.steps import Step
from grader.reports.view import Bundle, Group, Item, Proof, View
from grader.reports.view import view as arrange

MAX_CHARS = 60_000
"""GitHub refuses comments above 65,536 characters."""

LOG_LINES = 40
BODY_CHARS = 2_000
MAX_TEXT = 1_500
MAX_ITEMS = 20
SHOWN_FACTS = ("Source", "Branch or tag", "Commit", "Folder", "Started with")
SIGNS = {"passed": "✅", "partly": "🟠", "failed": "❌", "blocked": "⚪", "errored": "❔"}

_SPECIAL = re.compile(r"[\\`*_\[\]|~]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"})
_LINE_START = re.compile(r"^([#+=-]|\d{1,9}(?=[.)]))")
# A character without width parts what GitHub would join into a mention, a reference or a link.
# Escaping is not enough for these: they are looked for in the rendered text.
_JOINED = re.compile(r"@|#|:(?=//)|\bwww(?=\.)|\bGH-", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_NO_WIDTH = "\u200b"


def render_markdown(report: Report) -> str:
    """The report as GitHub Markdown, short enough for a comment."""
    view = arrange(report)
    parts = [*_score(view)]
    problem = _problem(view.problem, ours=view.ours) if view.problem else []
    first = _first(view.first) if view.first else []
    parts += [*first, *problem] if view.ours else [*problem, *first]
    for group in view.groups:
        parts += _group(group, shown=view.first)
    if view.load:
        parts += _load(view.load)
    if view.report.notes:
        parts += [
            "### Good to know",
            *(f"- {text_of(note.text)}" for note in view.report.notes),
            "",
        ]
    parts += _footer(view)
    return _fitted(parts)


def text_of(text: str) -> str:
    """Text on one line, every character of it meant literally; `` `code` `` stays code."""
    pieces = re.split(r"`([^`\n]{1,200})`", clean(text, MAX_TEXT).strip())
    return "".join(
        f"<code>{_escaped(piece)}</code>" if place % 2 else _escaped(piece)
        for place, piece in enumerate(pieces)
    )


def code_of(text: str, language: str = "") -> str:
    """A code block that the text cannot leave."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _escaped(text: str) -> str:
    return _LINE_START.sub(lambda match: _literal(match.group()), _within_line(text))


def _within_line(text: str) -> str:
    """Text that does not begin a line, where less has to be escaped."""
    text = _JOINED.sub(lambda match: match.group() + _NO_WIDTH, _SPACE.sub(" ", text))
    return _SPECIAL.sub(lambda match: "\\" + match.group(), text.translate(_ENTITIES))


def _literal(start: str) -> str:
    """What would make a heading, a rule or a list at the beginning of a line."""
    return f"{start}{_NO_WIDTH}" if start.isdigit() else f"\\{start}"


def _fitted(parts: list[str]) -> str:
    kept: list[str] = []
    room = MAX_CHARS
    for part in parts:
        room -= len(part) + 1
        if room < 0:
            kept.append("\nThe rest is in report.html.")
            break
        kept.append(part)
    return "\n".join(kept).rstrip() + "\n"


def _score(view: View) -> list[str]:
    score = view.report.score
    said = f"**{words.number(score.earned)} of {score.possible} points.** {view.headline}."
    if view.undecided:
        said += f" {view.undecided}"
    return [f"## {text_of(view.report.project.title)}", "", said, ""]


def _problem(problem: Ending, *, ours: bool) -> list[str]:
    who = "Our fault, not yours" if ours else "What happened"
    parts = [f"### {who}", "", text_of(problem.title), ""]
    if problem.log and not ours:
        parts += [code_of("\n".join(problem.log.splitlines()[-LOG_LINES:])), ""]
    return parts + _hint(problem.hint)


def _first(item: Item) -> list[str]:
    stake = words.points(item.result.lost)
    if item.waiting:
        stake += f", and {words.number(item.waiting)} more wait for it"
    parts = [f"### Fix this first: {text_of(item.result.title)} ({stake})", ""]
    if item.proofs:
        return parts + _proof(item.proofs[0])
    return [*parts, text_of(item.result.message), "", *_hint(item.result.hint)]


def _proof(proof: Proof) -> list[str]:
    parts = [text_of(proof.message), ""] if proof.message else []
    if proof.expected:
        parts.append(f"- **Expected:** {text_of(proof.expected)}")
    if proof.actual:
        parts.append(f"- **Came back:** {text_of(proof.actual)}")
    parts += ["", *_hint(proof.hint)]
    if proof.steps:
        parts += _steps(proof.steps)
    elif proof.exchange:
        parts += _exchange(proof.exchange)
    for finding in proof.findings[:MAX_ITEMS]:
        parts += _finding(finding)
    for log in proof.logs:
        parts += [f"{text_of(log.title)}:", "", code_of(log.text), ""]
    return parts


def _steps(steps: tuple[Step, ...]) -> list[str]:
    parts = []
    for step in steps:
        parts += [f"**Step {step.number}**{f': {text_of(step.done)}' if step.done else ''}", ""]
        if step.interaction:
            parts += _exchange(step.interaction)
    return parts


def _hint(hint: str) -> list[str]:
    return [f"**Hint:** {text_of(hint)}", ""] if hint else []


def _exchange(exchange: Interaction) -> list[str]:
    if isinstance(exchange, CommandRun):
        return _call(exchange)
    parts = [code_of(over_lines(exchange.curl), "sh"), ""]
    if exchange.error:
        return [*parts, f"No answer: {text_of(exchange.error)}", ""]
    if exchange.status is not None:
        body = (exchange.response_body or "")[:BODY_CHARS]
        parts += [f"Answer: status {exchange.status}", ""]
        parts += [code_of(body.strip("\n")), ""] if body.strip() else []
    return parts


def _call(run: CommandRun) -> list[str]:
    parts = [code_of(run.command, "sh"), "", f"It ended: {text_of(calls.ending_of(run))}", ""]
    for block in calls.printed_by(run):
        parts += [f"{block.label}:", "", code_of(block.text[:BODY_CHARS].strip("\n")), ""]
    return parts


def _finding(finding: Finding) -> list[str]:
    times = f" ({finding.occurrences} times)" if finding.occurrences > 1 else ""
    parts = [f"**{text_of(words.found(finding))}**{times}", ""]
    for line in finding.detail.splitlines():
        parts += [text_of(line), ""]
    return parts + (_exchange(finding.exchange) if finding.exchange else [])


def _group(group: Group, shown: Item | None) -> list[str]:
    rows = [*(_row(item) for item in group.unfinished)]
    rows += [_bundle_row(bundle) for bundle in group.bundles]
    rows += [_row(item) for item in group.passed]
    tally = f"{words.number(group.earned)} of {words.points(group.possible)}"
    parts = [
        f"### {group.title}: {tally}",
        "",
        "| | Criterion | Points |",
        "|---|---|---|",
        *rows,
        "",
    ]
    for item in group.unfinished[:MAX_ITEMS]:
        proofs = [proof for proof in item.proofs if not proof.ours]
        if item is shown:
            proofs = proofs[1:]
        if proofs:
            parts.append(_details(item, proofs))
    return parts


def _row(item: Item) -> str:
    result = item.result
    title = text_of(result.title)
    if item.state != "passed":
        title += f"<br>{item.word}: {text_of(item.reason)}"
    for echo in item.echoes:
        title += f"<br>Not checked because of this: {text_of(echo.title)} ({echo.points})"
    unknown = item.state == "errored" and not result.earned
    earned = "?" if unknown else words.number(result.earned)
    return f"| {SIGNS[item.state]} | {title} | {earned} of {result.points} |"


def _bundle_row(bundle: Bundle) -> str:
    said = f"{len(bundle.criteria)} {bundle.word.lower()}: {text_of(bundle.message)}"
    earned = "?" if str(bundle.outcome) == "errored" else "0"
    return f"| {SIGNS[bundle.outcome]} | {said} | {earned} of {bundle.points} |"


def _details(item: Item, proofs: list[Proof]) -> str:
    lines = [f"<details><summary>{text_of(item.result.title)}: how to see it</summary>", ""]
    for proof in proofs[:MAX_ITEMS]:
        lines += _proof(proof)
    return "\n".join([*lines, "</details>", ""])


def _load(table: LoadTable) -> list[str]:
    load = load_of(table)
    return [
        f"### Response times with {words.counted(table.users, 'user')} at once",
        "",
        "| Request | Median | 95 of 100 within | Reference app | Requests a second | Failed |",
        "|---|--:|--:|--:|--:|--:|",
        *(_load_row(row) for row in load.rows),
        "",
        *(f"- {text_of(error)}" for error in table.errors[:MAX_ITEMS]),
        "",
    ]


def _load_row(row: ComparedRow) -> str:
    app = row.app
    cells = [
        text_of(app.name),
        words.milliseconds(app.median_ms),
        words.milliseconds(app.p95_ms),
        words.milliseconds(row.reference.p95_ms) if row.reference else "–",
        words.rate(app.requests_per_s),
        f"{app.failures} of {app.requests}",
    ]
    return f"| {' | '.join(cells)} |"


def _footer(view: View) -> list[str]:
    report = view.report
    facts = [
        f"- {name}: <code>{_within_line(clean(value, MAX_TEXT))}</code>"
        for name, value in facts_of(report)
        if name in SHOWN_FACTS
    ]
    version = _within_line(clean(report.grader_version, MAX_TEXT))
    graded = f"Graded by grader {version}, seed {report.seed}."
    return ["", *facts, "", f"<sub>{view.summary}. {graded}</sub>"]
