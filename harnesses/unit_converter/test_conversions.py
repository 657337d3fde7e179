"""What the pages answer to numbers."""

from __future__ import annotations

from random import Random

from harnesses.kit import CheckFailed, check
from harnesses.kit.pages import Site
from harnesses.unit_converter import units
from harnesses.unit_converter.converters import Converter, converter, expect_result
from harnesses.unit_converter.units import LENGTH, TEMPERATURE, WEIGHT, Unit

PAIRS = 6


def ways(rng: Random, found: Converter) -> list[tuple[Unit, Unit]]:
    """Pairs of different units that the form offers, every unit at least once."""
    known = [unit for unit in units.of_kind(found.kind) if unit.name in found.known()]
    if len(known) < 2:
        raise CheckFailed(
            f"the form for {found.kind} offers no two units of the brief in both lists",
            expected="two lists with the same units",
            actual=f"both offer {', '.join(found.known()) or 'none'}",
        )
    rng.shuffle(known)
    pairs = list(zip(known, [*known[1:], known[0]], strict=True))
    while len(pairs) < PAIRS:
        source, target = rng.sample(known, 2)
        pairs.append((source, target))
    return pairs


def whole(rng: Random, source: Unit, target: Unit) -> float:
    """A whole number whose result is near enough even when it is rounded to a whole one."""
    number = rng.randint(3, 90)
    while abs(source.to(target, number)) < 100 and number < 10**9:
        number *= 10
    return float(number)


@check("length.converts")
def test_lengths_are_converted(site: Site, rng: Random) -> None:
    found = converter(site, LENGTH)
    for source, target in ways(rng, found):
        expect_result(site, found, whole(rng, source, target), source.name, target.name)


@check("weight.converts")
def test_weights_are_converted(site: Site, rng: Random) -> None:
    found = converter(site, WEIGHT)
    for source, target in ways(rng, found):
        expect_result(site, found, whole(rng, source, target), source.name, target.name)


@check("temperature.converts")
def test_temperatures_are_converted(site: Site, rng: Random) -> None:
    found = converter(site, TEMPERATURE)
    for source, target in ways(rng, found):
        expect_result(site, found, rng.randint(350, 990), source.name, target.name)


@check("temperature.below_zero")
def test_negative_temperatures_are_converted(site: Site, rng: Random) -> None:
    found = converter(site, TEMPERATURE)
    expect_result(site, found, -rng.randint(110, 250), "Celsius", "Fahrenheit")
    expect_result(site, found, -rng.randint(150, 400), "Fahrenheit", "Celsius")


@check("numbers.decimals")
def test_decimals_are_kept(site: Site, rng: Random) -> None:
    found = converter(site, LENGTH)
    number = rng.randint(2, 9) + rng.choice((0.25, 0.5, 0.75))
    expect_result(site, found, number, "meter", "centimeter")


@check("numbers.same_unit")
def test_the_same_unit_changes_nothing(site: Site, rng: Random) -> None:
    found = converter(site, WEIGHT)
    expect_result(site, found, rng.randint(120, 980), "gram", "gram")


@check("numbers.zero")
def test_zero_is_a_number(site: Site) -> None:
    found = converter(site, TEMPERATURE)
    expect_result(site, found, 0, "Celsius", "Fahrenheit")
