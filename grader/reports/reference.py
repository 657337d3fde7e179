"""Reference pages that are made from the code: ``python -m grader.reports.reference``.

``docs/reference/report.schema.json`` is for programs, ``docs/reference/report.md`` for people. A
test compares both with what this module makes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.domain.report import SCHEMA_VERSION, json_schema
from grader.domain.verdicts import Verdict

SCHEMA_FILE = "report.schema.json"
PAGE_FILE = "report.md"
INTRO = f"""\
# The report

`report.json` holds everything that is known about one grade. This page lists its fields; the same
as a [JSON Schema]({SCHEMA_FILE}) (2020-12) is beside it. Both are made from the code:
`python -m grader.reports.reference` writes them.

Version {SCHEMA_VERSION}. A new field raises the second number: readers pass over fields they do
not know. The first number changes when a reader must change.

All texts that a learner's program wrote are cleaned: no terminal sequences, no characters that
reorder or hide text, cut where they are long. They are plain text, not HTML or Markdown.

For each criterion, points earned, lost and undecided add up to its points. Undecided points are
those that could not be decided: for a fault of ours, or because there was nothing to look at; they
are never counted as lost.
"""

VERDICTS = {
    Verdict.GRADED: "its checks ran to the end",
    Verdict.REJECTED: "it was fetched, and is not something that can be graded",
    Verdict.FETCH_FAILED: "it could not be reached, or was asked for wrongly: nothing is lost",
    Verdict.BUILD_FAILED: "a step of its build failed; the log is in `problem`",
    Verdict.BUILD_TIMEOUT: "its build did not end in time",
    Verdict.LIMIT_EXCEEDED: "its build or the app went over a limit of the sandbox",
    Verdict.START_FAILED: "the app ended, or could not be started, before it answered",
    Verdict.NEVER_READY: "the app ran and did not answer over HTTP in time",
    Verdict.CRASHED: "the app ended while it was being checked; what was learnt before counts",
    Verdict.CANCELLED: "somebody asked to stop",
    Verdict.GRADER_ERROR: "a fault of ours; points that it leaves open are undecided",
}


def pages() -> dict[str, str]:
    """The reference: names of files in ``docs/reference`` and what they hold."""
    schema = json_schema()
    return {
        SCHEMA_FILE: json.dumps(schema, indent=2, ensure_ascii=False) + "\n",
        PAGE_FILE: INTRO + "\n" + "\n".join(_sections(schema)),
    }


def write_pages(directory: Path) -> None:
    """Write the reference to a folder."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (directory / name).write_text(text, encoding="utf-8")


def _sections(schema: Mapping[str, Any]) -> Iterator[str]:
    parts: dict[str, Any] = {"Report": schema, **schema["$defs"]}
    for name in _in_order_of_use(parts):
        part = parts[name]
        lines = [f"## {name}", "", _paragraphs(part.get("description", "")), ""]
        if "enum" in part:
            lines += _values(name, part["enum"])
        else:
            lines += ["| field | type | what it holds |", "|---|---|---|"]
            lines += [_row(field, what) for field, what in part["properties"].items()]
            lines.append("")
        yield "\n".join(lines)


def _values(name: str, values: Sequence[str]) -> list[str]:
    if name != Verdict.__name__:
        return [f"One of {', '.join(f'`{value}`' for value in values)}.", ""]
    return [*(f"- `{value}`: {VERDICTS[Verdict(value)]}" for value in values), ""]


def _in_order_of_use(parts: Mapping[str, Any]) -> list[str]:
    """The report first, then what it is made of, as a reader meets it."""
    order = ["Report"]
    for name in order:
        text = json.dumps({**parts[name], "$defs": {}})
        used = sorted(
            (other for other in parts if f'"#/$defs/{other}"' in text),
            key=lambda other: text.index(f'"#/$defs/{other}"'),
        )
        order += [other for other in used if other not in order]
    return order


def _row(field: str, what: Mapping[str, Any]) -> str:
    kind = _type(what)
    description = str(what.get("description", "")).replace("|", "\\|")
    return f"| `{field}` | {kind} | {description} |"


def _type(what: Mapping[str, Any]) -> str:
    if "$ref" in what:
        name = str(what["$ref"]).rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "const" in what:
        return f"`{what['const']}`"
    if "enum" in what:
        return " or ".join(f"`{value}`" for value in what["enum"])
    for key in ("anyOf", "oneOf"):
        if key in what:
            return " or ".join(_type(option) for option in what[key])
    return _plain_type(what)


def _plain_type(what: Mapping[str, Any]) -> str:
    kind = str(what.get("type", "any"))
    if kind == "array":
        return f"list of {_type(what.get('items', {}))}"
    if kind == "object":
        values = what.get("additionalProperties")
        return f"object of {_type(values)}" if isinstance(values, dict) else "object"
    if what.get("format") == "date-time":
        return "date and time"
    return kind


def _paragraphs(docstring: str) -> str:
    """A docstring as Markdown: double backticks are single ones there."""
    return docstring.replace("``", "`")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
