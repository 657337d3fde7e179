"""``report.html``: one file that needs nothing else, for a person."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.domain.evidence import HttpExchange, Interaction, LogTail
from grader.domain.report import Report
from grader.domain.text import clean
from grader.reports import words
from grader.reports.calls import ending_of, printed_by
from grader.reports.commands import over_lines
from grader.reports.facts import facts_of
from grader.reports.plot import load_of, spans_of
from grader.reports.view import view as arrange

LIMITS = SimpleNamespace(proofs=10, findings=10, exchanges=5, errors=10)
"""How much evidence one page shows; the rest is in ``report.json``."""

MAX_PRETTY = 8_000
MAX_PRETTIER = 4 * MAX_PRETTY
_CODE = re.compile(r"`([^`\n]{1,200})`")


def render_html(report: Report) -> str:
    """The report as one HTML page without scripts, images or links to anywhere else."""
    view = arrange(report)
    style = _style()
    return (
        _environment()
        .get_template("report.html")
        .render(
            view=view,
            report=view.report,
            load=load_of(view.load) if view.load else None,
            logs=_logs(view.report),
            facts=facts_of(view.report),
            spans=spans_of(view.report.phases),
            style=Markup(style),  # noqa: S704 - a file of ours, no value goes into it
            policy=_policy(style),
            limits=LIMITS,
        )
    )


def _policy(style: str) -> str:
    """Nothing may load or run; the one style sheet is known by its digest."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _logs(report: Report) -> list[LogTail]:
    """The logs that are worth reading below; a problem shows its own above."""
    build_log = report.build.log if report.build else None
    above = report.problem.log if report.problem else ""
    return [log for log in (build_log, report.app_log) if log and log.text and log.text != above]


@cache
def _style() -> str:
    source, _, _ = _loader().get_source(_environment(), "style.css")
    return source


@cache
def _loader() -> PackageLoader:
    return PackageLoader("grader.reports")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "number": words.number,
        "points": words.points,
        "counted": words.counted,
        "seconds": words.seconds,
        "ms": words.milliseconds,
        "rate": words.rate,
        "moment": _moment,
        "pretty": _pretty,
        "prose": _prose,
        "content_type": _content_type,
        "over_lines": over_lines,
        "ending": ending_of,
        "printed": printed_by,
        "sentence": _sentence,
        "numbered": _numbered,
        "found": words.found,
    }
    environment.filters.update(filters)
    return environment


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%d at %H:%M} {value.tzname() or ''}".rstrip()


def _content_type(exchange: HttpExchange) -> str:
    """The media type of an answer, without its parameters; empty when it has none."""
    headers = {name.lower(): value for name, value in exchange.response_headers.items()}
    return headers.get("content-type", "").partition(";")[0].strip()


def _numbered(one: Interaction) -> str:
    """``Request 2 of this check: POST``, ``Call 1 of this check``."""
    name = "Request" if isinstance(one, HttpExchange) else "Call"
    place = f"{name} {one.number} of this check" if one.number else name
    return f"{place}: {one.method}" if isinstance(one, HttpExchange) else place


def _pretty(body: str) -> str:
    """A JSON body over several lines; anything else as it is."""
    if len(body) > MAX_PRETTY or body.lstrip()[:1] not in ("{", "["):
        return body
    try:
        pretty = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
    # Deep nesting becomes mostly indentation, and escapes become what they had spelt.
    return body if len(pretty) > MAX_PRETTIER else clean(pretty, MAX_PRETTIER)


def _prose(text: str) -> Markup:
    """Escaped text, in which what stands between two backticks is code."""
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if place % 2 else escape(piece)
        for place, piece in enumerate(_CODE.split(text))
    )


def _sentence(text: str) -> str:
    """With a capital at its beginning and no full stop at its end; code keeps its case."""
    text = text.removesuffix(".")
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text
