"""The report can be read without scripts, by keyboard, by screen reader, in the dark, on paper."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.browser.conftest import Visit
from tests.support import reports

pytestmark = pytest.mark.alone

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
READABLE = [name for name in reports.EVERY if name != "hostile"]


def test_it_works_without_scripts(visit: Visit) -> None:
    visitor = visit(java_script_enabled=False)
    visitor.open(reports.middling())
    page = visitor.page
    title = page.get_by_role("heading", level=1).inner_text()
    assert title.split() == ["57", "of", "100", "points"]
    hidden = page.get_by_text("Keeps createdAt and moves updatedAt when a post changes")
    assert not hidden.is_visible()
    page.get_by_text("1 not checked because of this").click()
    assert hidden.is_visible()
    findings = page.get_by_text("The app answered 500 for null.")
    assert not findings.is_visible()
    page.locator("#c-contract-no_server_errors summary").first.click()
    assert findings.is_visible()


@pytest.mark.parametrize("name", READABLE)
def test_everything_folded_opens_by_keyboard(name: str, visit: Visit) -> None:
    visitor = visit()
    visitor.open(reports.EVERY[name]())
    page = visitor.page
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        if page.evaluate("document.activeElement.matches('details:not([open]) > summary')"):
            page.keyboard.press("Enter")
    assert page.locator("details:not([open])").count() == 0


def test_what_scrolls_and_what_acts_takes_the_focus_visibly(visit: Visit) -> None:
    visitor = visit()
    visitor.open(reports.middling())
    visitor.unfold()
    page = visitor.page
    wanted = page.locator("a, summary, pre, .scroll").count()
    reached = 0
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        reached += 1
        outline = page.evaluate(
            "(s => s.outlineStyle + ' ' + s.outlineWidth)(getComputedStyle(document.activeElement))"
        )
        assert outline == "solid 3px"
    assert reached == wanted


@pytest.mark.parametrize("name", READABLE)
def test_landmarks_headings_and_labels(name: str, visit: Visit) -> None:
    visitor = visit()
    visitor.open(reports.EVERY[name]())
    visitor.unfold()
    page = visitor.page
    assert page.locator("html").get_attribute("lang") == "en"
    for landmark in ("banner", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1, landmark
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
    assert len(ids) == len(set(ids))
    named = page.locator("[aria-labelledby]").evaluate_all(
        "all => all.map(e => e.getAttribute('aria-labelledby'))"
    )
    assert set(named) <= set(ids)
    unnamed = page.locator("[role=region], [role=img]").evaluate_all(
        "all => all.filter(e => !e.getAttribute('aria-label')).length"
    )
    assert unnamed == 0
    assert page.locator("svg:not([aria-hidden=true])").count() == 0
    assert page.locator("summary").evaluate_all("all => all.every(s => s.innerText.trim())")
    assert page.locator("th:not([scope])").count() == 0
    targets = page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert {target.removeprefix("#") for target in targets} <= set(ids)


@pytest.mark.parametrize("name", READABLE)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(name: str, scheme: str, visit: Visit) -> None:
    visitor = visit(color_scheme=scheme, reduced_motion="reduce")
    visitor.open(reports.EVERY[name]())
    visitor.unfold()
    assert visitor.page.evaluate(CONTRAST) == []


def test_outcomes_are_told_by_word_and_shape_too(visit: Visit) -> None:
    visitor = visit()
    visitor.open(reports.middling())
    page = visitor.page
    for anchor, word, shape in (
        ("c-posts-update", "Lost", "i-failed"),
        ("c-posts-validation", "Partly lost", "i-partly"),
        ("c-posts-persistence", "Undecided", "i-errored"),
        ("c-posts-create", "Passed", "i-passed"),
    ):
        row = page.locator(f"#{anchor}")
        assert word in row.inner_text()
        assert row.locator("use").first.get_attribute("href") == f"#{shape}"


def test_the_plot_is_told_in_words(visit: Visit) -> None:
    visitor = visit()
    visitor.open(reports.middling())
    words = visitor.page.get_by_role("img").get_attribute("aria-label")
    assert words is not None
    assert words.startswith("Bar chart of response times. Your app: 95 of 100 answers came within")
    assert "The reference app:" in words


def test_the_dark_is_dark(visit: Visit) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        visitor = visit(color_scheme=scheme)
        visitor.open(reports.middling())
        ground = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
        grounds.append(sum(int(part) for part in ground[4:-1].split(",")))
    light, dark = grounds
    assert light > 700
    assert dark < 100


def test_paper_shows_what_is_folded(visit: Visit) -> None:
    visitor = visit()
    visitor.open(reports.middling())
    visitor.page.emulate_media(media="print")
    folded = visitor.page.locator("details:not([open]) pre")
    assert folded.count() > 5
    heights = folded.evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert min(heights) > 10


def test_nothing_moves_for_who_does_not_want_it(visit: Visit) -> None:
    visitor = visit(reduced_motion="reduce")
    visitor.open(reports.middling())
    visitor.unfold()
    moving = visitor.page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => {"
        "  const style = getComputedStyle(e);"
        "  return style.animationName !== 'none' || style.transitionDuration !== '0s'"
        "    || style.scrollBehavior === 'smooth'; }).length"
    )
    assert moving == 0


def test_a_link_opens_what_it_leads_to(visit: Visit) -> None:
    visitor = visit(java_script_enabled=False)
    visitor.open(reports.only_contract())
    visitor.page.get_by_role("link", name="Everything about this one").click()
    assert visitor.page.get_by_text("The app answered 500 when term holds a quote.").is_visible()


def test_a_click_selects_the_whole_command(visit: Visit) -> None:
    visitor = visit()
    visitor.open(reports.middling())
    visitor.page.locator(".card pre.command").first.click()
    selected = visitor.page.evaluate("getSelection().toString()")
    assert selected.replace("\\\n  ", "") == reports.exchange().curl
