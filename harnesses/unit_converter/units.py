"""The sixteen units of the brief: what each is worth, and what pages call it."""

from __future__ import annotations

import re
from dataclasses import dataclass

LENGTH, WEIGHT, TEMPERATURE = "length", "weight", "temperature"
KINDS = (LENGTH, WEIGHT, TEMPERATURE)
KIND_WORDS = {
    LENGTH: ("length", "lengths", "distance"),
    WEIGHT: ("weight", "weights", "mass"),
    TEMPERATURE: ("temperature", "temperatures", "temp"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit.

    Attributes:
        name: As the brief spells it.
        kind: One of :data:`KINDS`.
        factor: How many metres or grams it is, exactly; of temperatures how many kelvins a degree
            is.
        zero: The temperature in kelvins at which it reads 0.
        names: What pages call it, in lower case.
    """

    name: str
    kind: str
    factor: float
    names: frozenset[str]
    zero: float = 0.0

    def to(self, other: Unit, value: float) -> float:
        """A value in another unit of the same kind."""
        return (value * self.factor + self.zero - other.zero) / other.factor


def _metric(prefix: str, short: str, word: str, sign: str) -> frozenset[str]:
    endings = {"metre": ("meter", "metre"), "gram": ("gram", "gramme")}[word]
    long = {prefix + ending + plural for ending in endings for plural in ("", "s")}
    return frozenset(long | {short + sign, f"{short + sign}s"})


# Exact by definition: the international yard and pound agreement of 1959.
UNITS = (
    Unit("millimeter", LENGTH, 0.001, _metric("milli", "m", "metre", "m")),
    Unit("centimeter", LENGTH, 0.01, _metric("centi", "c", "metre", "m")),
    Unit("meter", LENGTH, 1.0, _metric("", "", "metre", "m") | {"mt", "mtr"}),
    Unit("kilometer", LENGTH, 1000.0, _metric("kilo", "k", "metre", "m")),
    Unit("inch", LENGTH, 0.0254, frozenset({"inch", "inches", "inchs", "in", '"', "″"})),
    Unit("foot", LENGTH, 0.3048, frozenset({"foot", "feet", "foots", "ft", "'", "′"})),
    Unit("yard", LENGTH, 0.9144, frozenset({"yard", "yards", "yd", "yds"})),
    Unit("mile", LENGTH, 1609.344, frozenset({"mile", "miles", "mi"})),
    Unit("milligram", WEIGHT, 0.001, _metric("milli", "m", "gram", "g")),
    Unit("gram", WEIGHT, 1.0, _metric("", "", "gram", "g") | {"gr", "gm"}),
    Unit("kilogram", WEIGHT, 1000.0, _metric("kilo", "k", "gram", "g") | {"kilo", "kilos"}),
    Unit("ounce", WEIGHT, 28.349523125, frozenset({"ounce", "ounces", "oz"})),
    Unit("pound", WEIGHT, 453.59237, frozenset({"pound", "pounds", "lb", "lbs"})),
    Unit("Celsius", TEMPERATURE, 1.0, frozenset({"celsius", "c", "centigrade"}), 273.15),
    Unit(
        "Fahrenheit",
        TEMPERATURE,
        5 / 9,
        frozenset({"fahrenheit", "farenheit", "fahrenheits", "f"}),
        273.15 - 32 * 5 / 9,
    ),
    Unit("Kelvin", TEMPERATURE, 1.0, frozenset({"kelvin", "kelvins", "k"})),
)
_APART = re.compile(r"[()\[\]/|,:;–—]| - ")
_DEGREES = re.compile(r"°|º|℃|\b(degrees?|deg)\b|_")


def of_kind(kind: str) -> tuple[Unit, ...]:
    """The units of a kind, in the order of the brief."""
    return tuple(unit for unit in UNITS if unit.kind == kind)


def named(name: str) -> Unit:
    """The unit that the brief spells so."""
    return next(unit for unit in UNITS if unit.name == name)


def read(text: str, kind: str) -> Unit | None:
    """The unit of a kind that a text names: ``Meters (m)``, ``°C``, ``deg_f``, ``lbs``.

    Args:
        text: A choice of a list, or what is sent for it.
        kind: What the list is about; ``k`` alone may be kelvins, ``m`` metres.

    Returns:
        None for other units, such as square metres.
    """
    text = text.replace("℃", "°C").replace("℉", "°F").lower()
    for part in (text, *_APART.split(text)):
        word = " ".join(_DEGREES.sub(" ", part).split()).strip(". ")
        for unit in of_kind(kind):
            if word in unit.names:
                return unit
    return None


def kind_named(text: str) -> str:
    """The kind of unit that a text names; empty for another."""
    words = re.findall(r"[a-z]+", text.lower())
    return next((kind for kind in KINDS if set(words) & set(KIND_WORDS[kind])), "")
