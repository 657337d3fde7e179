"""Units by any name, and results among other numbers."""

from __future__ import annotations

import pytest

from grader.domain.evidence import HttpExchange
from grader.domain.project import Dialect
from harnesses.kit.api import Reply
from harnesses.kit.dialect import Reading
from harnesses.kit.http import Answer
from harnesses.kit.pages import Page
from harnesses.kit.pages.site import form_data
from harnesses.unit_converter import units
from harnesses.unit_converter.converters import Converter, of_page
from harnesses.unit_converter.numbers import readings, says
from harnesses.unit_converter.units import LENGTH, TEMPERATURE, WEIGHT


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("Meters (m)", LENGTH, "meter"),
        ("Metre", LENGTH, "meter"),
        ("km", LENGTH, "kilometer"),
        ("inches - in", LENGTH, "inch"),
        ("Feet", LENGTH, "foot"),
        ("lbs", WEIGHT, "pound"),
        ("Kilogramme", WEIGHT, "kilogram"),
        ("°C", TEMPERATURE, "Celsius"),
        ("Degrees Fahrenheit", TEMPERATURE, "Fahrenheit"),
        ("Kelvin [K]", TEMPERATURE, "Kelvin"),
        ("℉", TEMPERATURE, "Fahrenheit"),
        ("Square meters", LENGTH, None),
        ("Nautical miles", LENGTH, None),
        ("Tonnes", WEIGHT, None),
        ("", LENGTH, None),
    ],
)
def test_units_by_any_name(text: str, kind: str, name: str | None) -> None:
    found = units.read(text, kind)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        (1, "mile", "meter", 1609.344),
        (1, "foot", "inch", 12),
        (1, "yard", "foot", 3),
        (1, "kilogram", "pound", 2.20462262),
        (1, "ounce", "gram", 28.349523125),
        (500, "milligram", "gram", 0.5),
        (100, "Celsius", "Fahrenheit", 212),
        (-40, "Celsius", "Fahrenheit", -40),
        (0, "Kelvin", "Celsius", -273.15),
        (300, "Kelvin", "Fahrenheit", 80.33),
    ],
)
def test_the_model_converts(value: float, source: str, target: str, result: float) -> None:
    assert units.named(source).to(units.named(target), value) == pytest.approx(result)


@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        ("20 ft = 609.6 cm", 609.6, True),
        ("that is 1,609.34 m", 1609.344, True),
        ("1.609,34 m", 1609.344, True),
        ("1 609,34 m", 1609.344, True),
        ("1609.344m", 1609.344, True),
        ("1.609344e+03", 1609.344, True),
        ("−40 °F", -40, True),
        ("0.02 mi", 0.0186, True),
        ("2 kg", 2.4, False),
        ("609", 6.09, False),
        ("room a609.6", 609.6, False),
        ("nothing", 0, False),
    ],
)
def test_results_are_found(text: str, wanted: float, said: bool) -> None:
    assert says(text, wanted) is said


def test_what_stood_there_before_is_no_result() -> None:
    assert not says("© 2025 Units", 2025, before="© 2025 Units")
    assert says("2025 cm, © 2025 Units", 2025, before="© 2025 Units")


def test_who_says_everything_says_nothing() -> None:
    assert not says(" ".join(f"{n}.5" for n in range(500)), 12.5)


def test_a_comma_can_be_either() -> None:
    assert sorted(readings("1,609")) == [(1.609, 3), (1609.0, 0)]


# -- which field is which ------------------------------------------------------------------------


def found(html: str) -> list[Converter]:
    exchange = HttpExchange(method="GET", url="http://localhost/", curl="")
    answer = Answer(200, {"content-type": "text/html"}, html.encode(), exchange)
    page = Page(Reply(answer, Reading(Dialect(), lambda _: None)), "/")
    return list(of_page(page, lambda: page))


def choice(name: str, *options: str) -> str:
    return f"<select name={name}>{''.join(f'<option>{one}' for one in options)}</select>"


def sent(one: Converter, source: str, target: str) -> dict[str, str]:
    return dict(form_data(one.form, one.values("5", source, target)))


@pytest.mark.parametrize(
    ("first", "second"),
    [("from", "to"), ("a", "b"), ("unit1", "unit2"), ("fromUnit", "toUnit")],
)
def test_the_first_list_is_for_the_number(first: str, second: str) -> None:
    lists = choice(first, "meter", "foot") + choice(second, "meter", "foot")
    (one,) = found(f"<form><input name=n>{lists}</form>")
    assert sent(one, "meter", "foot") == {"n": "5", first: "meter", second: "foot"}


@pytest.mark.parametrize(
    ("first", "second"), [("to", "from"), ("target_unit", "source_unit"), ("unitTo", "unitFrom")]
)
def test_unless_they_are_called_otherwise(first: str, second: str) -> None:
    lists = choice(first, "meter", "foot") + choice(second, "meter", "foot")
    (one,) = found(f"<form><input name=n>{lists}</form>")
    assert sent(one, "meter", "foot") == {"n": "5", first: "foot", second: "meter"}


def test_one_form_for_all_kinds() -> None:
    every = ("meter", "foot", "gram", "pound", "Celsius", "Kelvin")
    kind = choice("kind", "Length", "Mass", "Temperature")
    html = (
        f"<form>{kind}<input name=result><input name=n>{choice('a', *every)}{choice('b', *every)}"
    )
    converters = {one.kind: one for one in found(f"{html}</form>")}
    assert set(converters) == {LENGTH, WEIGHT, TEMPERATURE}
    expected = {"kind": "Mass", "result": "", "n": "5", "a": "pound", "b": "gram"}
    assert sent(converters[WEIGHT], "pound", "gram") == expected
