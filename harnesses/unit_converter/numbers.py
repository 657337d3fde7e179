"""Finds a result among what a page says."""

from __future__ import annotations

import re

RELATIVE = 0.005
"""Half a percent: enough for any sensible rounding of the constants."""
MOST_NEW = 60
"""A page that says many numbers says none."""
_NUMBER = re.compile(
    r"(?<![\w.])[-\u2212\u2013]?\d(?:[\d.,'\u00a0\u202f]*\d)?(?:\s?[eE][-+]?\d{1,3}(?!\w))?"
)
# Thousands set apart by spaces; "12 345" may be two numbers as well, so both ways count.
_SPACED = re.compile(r"(?<![\w.,])[-\u2212\u2013]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?!\d)")


def numbers(text: str) -> list[str]:
    """The numbers of a text, as they stand there."""
    return [found.group() for form in (_NUMBER, _SPACED) for found in form.finditer(text)]


def says(text: str, wanted: float, before: str = "") -> bool:
    """Whether a text says a number.

    Args:
        text: What a visitor reads.
        wanted: The number. It may be rounded: to half a percent, or at the decimals that are
            shown.
        before: What was read there before; its numbers do not count, unless they stand there more
            often now.
    """
    new = numbers(text)
    for old in numbers(before):
        if old in new:
            new.remove(old)
    if len(new) > MOST_NEW:
        return False
    return any(_agrees(value, decimals, wanted) for one in new for value, decimals in readings(one))


def readings(written: str) -> list[tuple[float, int]]:
    """What a number can mean, with the decimals it shows: ``1,609`` is one of two."""
    text = re.sub("[\u2212\u2013]", "-", written)
    text = re.sub("['\u00a0\u202f ]", "", text)
    mantissa = re.split("[eE]", text)[0]
    forms = {text.replace(",", "")} if mantissa.count(".") <= 1 else {text.replace(".", "")}
    if mantissa.count(",") == 1:
        point = mantissa.rfind(",") > mantissa.rfind(".")
        forms.add(text.replace(".", "").replace(",", ".") if point else text.replace(",", ""))
    found = []
    for form in forms:
        try:
            decimals = len(re.split("[eE]", form)[0].partition(".")[2])
            found.append((float(form), decimals if "e" not in form.lower() else 0))
        except ValueError:
            continue
    return found


def _agrees(value: float, decimals: int, wanted: float) -> bool:
    if abs(value - wanted) <= RELATIVE * abs(wanted) + 1e-9:
        return True
    # Without decimals, the number that was typed in could be meant.
    return decimals > 0 and abs(value - wanted) <= 0.5001 * 10**-decimals
