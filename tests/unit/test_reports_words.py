"""The same words in every format, in a voice that helps."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from grader.domain.report import Report
from grader.domain.verdicts import HarnessKind, Outcome, Verdict
from grader.reports import render_html, render_json, render_markdown, render_terminal, words
from grader.reports.view import view
from tests.support import reports

SOURCES = Path(words.__file__).parent
FORMATS = {
    "html": render_html,
    "md": render_markdown,
    "terminal": lambda report: render_terminal(report, width=100),
}
UNKIND = re.compile(
    r"\b(simply|just|obvious(ly)?|easy|easily|trivial(ly)?|of course|clearly|stupid)\b",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Only what a reader reads: without tags, escapes and the breaks of lines."""
    text = re.sub(r"<style>.*?</style>|<[^>]*>", "", text, flags=re.DOTALL)
    text = html.unescape(text).replace("\u200b", "").replace("\\", "")
    return re.sub(r"[\s|`]+", "", text).casefold()


def said(report: Report) -> list[str]:
    """The sentences that each format must say."""
    first = view(report).first
    sentences = [note.text for note in report.notes]
    if report.problem:
        sentences += [report.problem.title, report.problem.hint]
    if first:
        proof = first.proofs[0]
        sentences += [first.result.title, proof.message, proof.hint, proof.expected, proof.actual]
    return [sentence for sentence in sentences if sentence]


@pytest.mark.parametrize("name", [name for name in reports.EVERY if name != "hostile"])
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_says_the_words_of_the_report(name: str, form: str) -> None:
    report = reports.EVERY[name]()
    document = json.dumps(json.loads(render_json(report)), ensure_ascii=False)
    rendered = plain(FORMATS[form](report))
    for sentence in said(report):
        assert json.dumps(sentence, ensure_ascii=False)[1:-1] in document
        assert plain(sentence) in rendered


@pytest.mark.parametrize("name", [name for name in reports.EVERY if name != "hostile"])
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_names_score_headline_and_every_lost_criterion(name: str, form: str) -> None:
    report = reports.EVERY[name]()
    rendered = plain(FORMATS[form](report))
    arranged = view(report)
    assert (
        plain(f"{words.number(report.score.earned)} of {report.score.possible} points") in rendered
    )
    assert plain(arranged.headline) in rendered
    assert plain(arranged.undecided) in rendered
    for criterion in report.criteria:
        if criterion.outcome is Outcome.FAILED:
            assert plain(criterion.title) in rendered
            assert plain(criterion.message) in rendered


def test_every_verdict_outcome_and_harness_has_words() -> None:
    assert set(words.VERDICTS) == set(Verdict)
    assert set(words.OUTCOMES) == set(words.SIGNS) == set(Outcome)
    assert set(words.HARNESSES) == set(words.HARNESS_INTROS) == set(HarnessKind)


@pytest.mark.parametrize(
    "path", [*SOURCES.glob("*.py"), *SOURCES.glob("templates/*.html")], ids=lambda p: p.name
)
def test_no_word_belittles(path: Path) -> None:
    assert UNKIND.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0004, "0 ms"), (0.034, "34 ms"), (0.5, "0.50 s"), (12.34, "12.3 s"), (125, "2 min 5 s")],
)
def test_durations(value: float, text: str) -> None:
    assert words.seconds(value) == text


def test_numbers() -> None:
    assert words.points(1) == "1 point"
    assert words.points(2.5) == "2.5 points"
    assert words.number(100.0) == "100"
    assert words.milliseconds(1420) == "1.42 s"
    assert words.milliseconds(0.84) == "0.8 ms"
    assert words.rate(118.14) == "118"
    assert words.rate(0.44) == "0.4"
