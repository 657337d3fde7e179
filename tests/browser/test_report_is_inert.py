"""Nothing that a report shows can act, load or hide anything."""

from __future__ import annotations

import pytest

from grader.reports import render_html
from tests.browser.conftest import PHONE, Visit
from tests.support import reports

pytestmark = pytest.mark.alone

FOREIGN = "script, img, iframe, object, embed, link, base, form, input, video, math, foreignObject"


@pytest.mark.parametrize("name", reports.EVERY)
def test_it_asks_for_nothing_and_complains_of_nothing(name: str, visit: Visit) -> None:
    visitor = visit()
    url = visitor.open(reports.EVERY[name]())
    visitor.unfold()
    visitor.page.wait_for_timeout(100)
    assert visitor.requests == [url]
    assert visitor.complaints == []


@pytest.mark.parametrize("name", reports.EVERY)
def test_it_holds_our_elements_only(name: str, visit: Visit) -> None:
    page = visit()
    page.open(reports.EVERY[name]())
    assert page.page.locator(FOREIGN).count() == 0
    links = page.page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert [link for link in links if not link.startswith("#")] == []
    attributes = page.page.evaluate(
        "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
        ".filter(n => n.startsWith('on') || n === 'style')"
    )
    assert attributes == []


def test_hostile_text_is_shown_as_it_was_written(visit: Visit) -> None:
    visitor = visit()
    visitor.open(reports.hostile())
    text = visitor.page.locator("body").evaluate("body => body.textContent")
    for shown in ("<script>alert(1)</script>", "{{7*7}}", "${7*7}", "]]>", "⟨U+202E⟩DEKCAH"):
        assert shown in text
    assert "characters left out" in text
    assert visitor.page.locator("h1").count() == 1


def test_the_policy_would_stop_what_escaping_let_through(visit: Visit) -> None:
    visitor = visit()
    hole = (
        "<script>document.title = 'owned'</script>"
        "<img src='https://evil.example/x.gif' onerror=\"document.title = 'owned'\">"
        "<style>body { display: none }</style>"
    )
    url = visitor.open_text(render_html(reports.perfect()).replace("</main>", f"{hole}</main>"))
    assert "owned" not in visitor.page.title()
    assert visitor.page.locator("body").is_visible()
    # Refused by the policy before anything is sent.
    assert visitor.refused == {"https://evil.example/x.gif": "csp"}
    assert [sent for sent in visitor.requests if sent not in visitor.refused] == [url]
    assert len(visitor.complaints) >= 3


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("name", reports.EVERY)
def test_a_phone_never_scrolls_sideways(name: str, width: int, visit: Visit) -> None:
    visitor = visit(viewport={"width": width, "height": 740})
    visitor.open(reports.EVERY[name]())
    for unfolded in (False, True):
        if unfolded:
            visitor.unfold()
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        beyond = visitor.page.evaluate(
            """width => [...document.querySelectorAll('body *')].filter(element => {
                 const box = element.getBoundingClientRect();
                 return box.width && box.right > width + 1
                   && !element.closest('pre, .scroll, .pair, .skip, .unseen');
               }).map(element => element.outerHTML.slice(0, 200))""",
            width,
        )
        assert beyond == []


def test_the_first_thing_to_do_is_on_the_first_screen_of_a_phone(visit: Visit) -> None:
    visitor = visit(viewport=PHONE)
    visitor.open(reports.middling())
    for place in ("h1", ".headline", "#first-title", ".first .says", ".first .pair"):
        box = visitor.page.locator(place).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PHONE["height"], place
