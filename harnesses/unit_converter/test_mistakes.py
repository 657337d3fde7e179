"""What the pages answer to what is no number."""

from __future__ import annotations

from random import Random

from harnesses.kit import CheckFailed, check
from harnesses.kit.pages import Page, Site
from harnesses.unit_converter.converters import attempt, converter
from harnesses.unit_converter.numbers import says
from harnesses.unit_converter.units import LENGTH, WEIGHT, named


def survives(page: Page, what: str) -> None:
    """It is an answer, not a crash."""
    crashed = "Traceback (most recent call last)" in page.reply.text
    if page.status >= 500 or crashed:
        raise CheckFailed(
            f"{what} makes the app fail",
            expected="a page with a message, or a status of 4xx",
            actual="a traceback" if crashed and page.status < 500 else f"status {page.status}",
            exchange=page.exchange,
        )


@check("mistakes.words")
def test_words_instead_of_a_number(site: Site, rng: Random) -> None:
    found = converter(site, LENGTH)
    word = "".join(rng.choices("ghjkpqrstuvwxyz", k=5))
    before, page = attempt(site, found, word, "meter", "kilometer")
    survives(page, f"“{word}” instead of a number")
    if page.status < 400 and page.text == before.text:
        raise CheckFailed(
            f"nothing is said about “{word}” instead of a number",
            expected="a message, or a status of 4xx",
            actual="the same page as before",
            exchange=page.exchange,
        )


@check("mistakes.empty")
def test_no_number_at_all(site: Site) -> None:
    found = converter(site, WEIGHT)
    _, page = attempt(site, found, "", "gram", "kilogram")
    survives(page, "an empty field")
    _, page = attempt(site, found, None, "gram", "kilogram")
    survives(page, "a request without the number")


@check("mistakes.unknown_unit")
def test_a_unit_that_does_not_exist(site: Site, rng: Random) -> None:
    found = converter(site, LENGTH)
    form = found.form
    number = rng.randint(300, 900)
    values = found.values(str(number), "meter", "kilometer") | {found.target: "furlongs-of-old"}
    page = site.submit(form, values)
    survives(page, "a unit that does not exist")
    wanted = named("meter").to(named("kilometer"), number)
    if page.status < 400 and says(page.text, wanted, found.open().text):
        raise CheckFailed(
            "a unit that does not exist is taken for another",
            expected="a message, or a status of 4xx",
            actual=f"the page says {wanted:g}",
            exchange=page.exchange,
        )
