"""What the pages offer."""

from __future__ import annotations

from harnesses.kit import CheckFailed, check, expect
from harnesses.kit.pages import Site
from harnesses.unit_converter import units
from harnesses.unit_converter.converters import converter
from harnesses.unit_converter.units import LENGTH, TEMPERATURE, WEIGHT


@check("pages.home")
def test_the_start_page_is_a_page(site: Site) -> None:
    page = site.visit("/")
    expect(page.reply).ok()
    if not page.is_html:
        kind = page.reply.headers.get("content-type", "none")
        raise CheckFailed(
            "GET / does not answer with a page",
            expected="Content-Type text/html",
            actual=f"Content-Type {kind}",
            exchange=page.exchange,
        )


@check("length.form")
def test_there_is_a_form_for_length(site: Site) -> None:
    converter(site, LENGTH)


@check("weight.form")
def test_there_is_a_form_for_weight(site: Site) -> None:
    converter(site, WEIGHT)


@check("temperature.form")
def test_there_is_a_form_for_temperature(site: Site) -> None:
    converter(site, TEMPERATURE)


@check("length.units")
def test_all_units_of_length_are_offered(site: Site) -> None:
    offers_all(site, LENGTH)


@check("weight.units")
def test_all_units_of_weight_are_offered(site: Site) -> None:
    offers_all(site, WEIGHT)


@check("temperature.units")
def test_all_units_of_temperature_are_offered(site: Site) -> None:
    offers_all(site, TEMPERATURE)


def offers_all(site: Site, kind: str) -> None:
    """Both lists of a form have every unit of the brief."""
    found = converter(site, kind)
    known = found.known()
    missing = [unit.name for unit in units.of_kind(kind) if unit.name not in known]
    if missing:
        raise CheckFailed(
            f"the form for {kind} leaves out {', '.join(missing)}",
            expected=f"{', '.join(unit.name for unit in units.of_kind(kind))} in both lists",
            actual=f"both lists offer {', '.join(sorted(known)) or 'none of them'}",
        )
