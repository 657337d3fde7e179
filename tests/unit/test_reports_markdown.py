"""``report.md`` shows hostile text and does nothing that it asks for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.domain.verdicts import Outcome
from grader.reports import render_markdown
from grader.reports.markdown import MAX_CHARS, code_of, text_of
from tests.support import reports
from tests.support.inert_markdown import PARSER, assert_inert, tokens
from tests.support.payloads import PAYLOADS


@pytest.mark.parametrize("name", reports.EVERY)
def test_every_report_is_inert_and_fits_a_comment(name: str) -> None:
    markdown = render_markdown(reports.EVERY[name]())
    markdown.encode("utf-8")
    assert len(markdown) <= MAX_CHARS + 100
    assert_inert(markdown)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_each_payload_is_inert(payload: str) -> None:
    assert_inert(text_of(payload))
    inside = PARSER.parse(f"before\n\n{code_of(payload)}\n\nafter")
    fences = [token for token in inside if token.type == "fence"]
    assert len(fences) == 1
    assert inside[-2].content == "after"


@given(st.text(alphabet="`*_[]()!<>|#@-+=~\\&:/ \n1.aw$", max_size=60))
def test_text_stays_one_paragraph_of_literal_text(text: str) -> None:
    rendered = text_of(text)
    assert_inert(rendered)
    kinds = {token.type for token in tokens(rendered)}
    assert kinds <= {"paragraph_open", "paragraph_close", "text", "text_special", "html_inline"}


def test_the_first_screen_says_what_to_do() -> None:
    top = render_markdown(reports.middling()).split("### What the app does")[0]
    assert "**57 of 100 points.**" in top
    assert "Fix this first: Updates a post (10 points, and 6 more wait for it)" in top
    assert "- **Expected:** status 200" in top
    assert "curl -i -X PUT http://localhost:8000/api/v1/posts/7" in top


def test_a_long_report_is_cut_between_its_parts() -> None:
    many = [
        reports.check(
            criterion.id,
            Outcome.FAILED,
            name=str(turn),
            points=0,
            message="m" * 1000,
            evidence=[reports.exchange(answer="a" * 3000)],
        )
        for criterion in reports.RUBRIC.criteria
        for turn in range(20)
    ]
    markdown = render_markdown(reports.report_of(many))
    assert len(markdown) <= MAX_CHARS + 100
    assert markdown.endswith("The rest is in report.html.\n")
    assert markdown.count("<details>") == markdown.count("</details>")


def test_what_was_graded_can_be_copied() -> None:
    markdown = render_markdown(reports.middling())
    version = reports.middling().grader_version
    assert f"Graded by grader {version}, seed" in markdown
    assert re.search(r"^- Commit: <code>[0-9a-f]{40}</code>$", markdown, re.MULTILINE)
    assert "- Started with: <code>" in markdown


def test_each_line_of_a_finding_is_a_line() -> None:
    lines = render_markdown(reports.middling()).splitlines()
    assert {"Expected: 400 or 422", "Got: 500"} <= set(lines)
