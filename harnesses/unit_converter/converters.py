"""Finds the forms that convert, by what they offer, and uses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from harnesses.kit import CheckFailed
from harnesses.kit.pages import Field, Form, Page, Site
from harnesses.unit_converter import units
from harnesses.unit_converter.numbers import says
from harnesses.unit_converter.units import KINDS, Unit

LEAST_UNITS = 2
_TARGET = frozenset({"to", "into", "target", "dest", "destination", "out", "output", "result"})
_SOURCE = frozenset({"from", "source", "in", "input"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_ANSWER = re.compile(r"result|output|answer|converted", re.IGNORECASE)


@dataclass(frozen=True)
class Converter:
    """A form that converts one kind of unit.

    Attributes:
        kind: Which kind.
        open: Opens the page with the form anew.
        form: The form as it was found.
        value: The field for the number.
        source: The field for the unit of the number.
        target: The field for the unit that is wanted.
        chosen: What else must be chosen, such as the kind.
    """

    kind: str
    open: Callable[[], Page]
    form: Form
    value: Field
    source: Field
    target: Field
    chosen: Mapping[Field, str]

    def known(self) -> frozenset[str]:
        """Names of the units that both lists offer."""
        return frozenset(_units(self.source, self.kind)) & frozenset(_units(self.target, self.kind))

    def values(self, number: str | None, source: str, target: str) -> dict[Field, str | None]:
        """What is filled in to convert a number.

        Raises:
            CheckFailed: If a list does not offer a unit.
        """
        return {
            **self.chosen,
            self.value: number,
            self.source: self._choice(self.source, source),
            self.target: self._choice(self.target, target),
        }

    def _choice(self, field: Field, name: str) -> str:
        found = _units(field, self.kind)
        if name not in found:
            offered = ", ".join(choice.label or choice.value for choice in field.choices[:12])
            raise CheckFailed(
                f"the form for {self.kind} does not offer “{name}”",
                expected=f"“{name}” among the units to choose from",
                actual=f"it offers {offered}",
            )
        return found[name]


def converter(site: Site, kind: str) -> Converter:
    """The form that converts a kind of unit.

    Raises:
        CheckFailed: If no page that can be reached by links has one.
    """
    found: list[Converter] = []

    def enough(page: Page) -> bool:
        found.extend(one for one in _converters(site, page) if one.kind == kind)
        return bool(found)

    pages = site.look_around(enough=enough)
    if found:
        return found[0]
    scripted = [page.url for page in pages if page.needs_scripts]
    seen = ", ".join(page.url for page in pages[:8])
    raise CheckFailed(
        f"no page has a form that converts {kind}",
        expected="a form with a field for the number and two lists of units "
        f"({', '.join(unit.name for unit in units.of_kind(kind)[:3])} …)",
        actual=(
            f"the fields of {scripted[0]} are in no <form>, so that only a script can send them"
            if scripted
            else f"looked for on {seen}"
        ),
        exchange=pages[-1].exchange,
    )


def attempt(
    site: Site, found: Converter, number: str | None, source: str, target: str
) -> tuple[Page, Page]:
    """The page with the form, and what comes back."""
    before = found.open()
    # Hidden fields, such as a token, are those of this very page.
    same = next((one for one in of_page(before, found.open) if one.kind == found.kind), found)
    return before, site.submit(same.form, same.values(number, source, target))


def expect_result(site: Site, found: Converter, number: float, source: str, target: str) -> None:
    """The page that comes back says the right number.

    Raises:
        CheckFailed: If it does not.
    """
    wanted = units.named(source).to(units.named(target), number)
    shown = str(int(number)) if number == int(number) else str(number)
    before, page = attempt(site, found, shown, source, target)
    asked = f"{shown} {source} in {target}"
    if page.status >= 400:
        raise CheckFailed(
            f"converting {asked} answered {page.status}",
            expected=f"a page that says {wanted:.6g}",
            actual=f"status {page.status}",
            exchange=page.exchange,
        )
    if not says(page.text, wanted, before.text):
        raise CheckFailed(
            f"the page does not say what {asked} is",
            expected=f"{wanted:.6g}, rounded as you like",
            actual=_what_is_new(page.text, before.text),
            exchange=page.exchange,
        )


def _what_is_new(text: str, before: str) -> str:
    old = set(before.split("\n"))
    new = [line for line in text.split("\n") if line not in old]
    return " / ".join(new)[:300] or "the page says nothing that it did not say before"


def _converters(site: Site, page: Page) -> Iterator[Converter]:
    """The converters of a page, and of the pages that a choice of the kind leads to."""
    yield from of_page(page, lambda: site.visit(page.url))
    for form in page.forms:
        if form.text_fields:
            continue
        for field in form.choice_fields:
            for choice in field.choices:
                if units.kind_named(f"{choice.label} {choice.value}"):
                    way = _Chosen(site, form, field, choice.value)
                    yield from of_page(way(), way)


@dataclass(frozen=True)
class _Chosen:
    """The way to a page that a form with one choice leads to."""

    site: Site
    form: Form
    field: Field
    value: str

    def __call__(self) -> Page:
        return self.site.submit(self.form, {self.field: self.value})


def of_page(page: Page, way: Callable[[], Page]) -> Iterator[Converter]:
    """The forms of a page that convert; ``way`` leads to that page."""
    for form in page.forms:
        value = _value_field(form)
        if value is None:
            continue
        for kind in KINDS:
            lists = [f for f in form.choice_fields if len(_units(f, kind)) >= LEAST_UNITS]
            if len(lists) >= 2:
                source, target = _in_order(lists[0], lists[1])
                chosen = dict(_kind_choices(form, kind, lists))
                yield Converter(kind, way, form, value, source, target, chosen)


def _value_field(form: Form) -> Field | None:
    fields = [f for f in form.text_fields if not _ANSWER.search(f"{f.name} {f.label}")]
    return fields[0] if fields else None


def _in_order(first: Field, second: Field) -> tuple[Field, Field]:
    """Which list is for the unit of the number: what they are called says it, or their order."""
    swapped = _is_target(first) and not _is_target(second)
    return (second, first) if swapped else (first, second)


def _is_target(field: Field) -> bool:
    called = {word.lower() for word in _WORD.findall(f"{field.name} {field.label}")}
    return bool(called & _TARGET) and not called & _SOURCE


def _kind_choices(form: Form, kind: str, lists: list[Field]) -> Iterator[tuple[Field, str]]:
    for field in form.choice_fields:
        for choice in field.choices:
            if field not in lists and units.kind_named(f"{choice.label} {choice.value}") == kind:
                yield field, choice.value
                break


def _units(field: Field, kind: str) -> dict[str, str]:
    """The units of a kind that a field offers: name -> what is sent."""
    found: dict[str, str] = {}
    for choice in field.choices:
        unit: Unit | None = units.read(choice.label, kind) or units.read(choice.value, kind)
        if unit is not None:
            found.setdefault(unit.name, choice.value)
    return found
