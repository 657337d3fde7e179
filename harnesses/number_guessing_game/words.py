"""What a game says, whatever words it uses. Pure."""

from __future__ import annotations

import re
from enum import StrEnum


class Said(StrEnum):
    """What an answer to a guess means."""

    GREATER = "greater"
    LESS = "less"
    WON = "won"
    OVER = "over"


_UP = r"(?:greater|higher|bigger|more|larger|above|up)"
_DOWN = r"(?:less|lesser|lower|smaller|below|down|fewer)"
_LOW = r"(?:low|small|less|little)"
_HIGH = r"(?:high|big|large|much|great)"
_IN_SENTENCE = r"[^.!?\n]{0,60}?\b"

_NUMBER = rf"\b(?:number|answer|target|it)\b{_IN_SENTENCE}(?:is|was|'s)\b{_IN_SENTENCE}"
_COUNT = r"(?:chances|attempts|guesses|tries|turns)"

# The words of a sentence about the player's own guess say the opposite of the number's.
_RULES: tuple[tuple[re.Pattern[str], Said], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in (
        (rf"\btoo\s+{_LOW}(?:er)?\b", Said.GREATER),
        (rf"\btoo\s+{_HIGH}(?:er)?\b", Said.LESS),
        (rf"{_NUMBER}{_UP}\b", Said.GREATER),
        (rf"{_NUMBER}{_DOWN}\b", Said.LESS),
        (rf"\bGUESS\b{_IN_SENTENCE}(?:{_DOWN}|{_LOW})\b", Said.GREATER),
        (rf"\bGUESS\b{_IN_SENTENCE}(?:{_UP}|{_HIGH})\b", Said.LESS),
        (rf"\b(?:{_UP}|(?:low|small)\W)", Said.GREATER),
        (rf"\b(?:{_DOWN}|(?:high|big)\W)", Said.LESS),
    )
)
_OWN_GUESS = re.compile(r"\byour\s+(?:guess|number|answer|pick)(?=\s+(?:is|was)\b)", re.IGNORECASE)
_HINTS = re.compile(r"^.*\bhint\b.*$", re.IGNORECASE | re.MULTILINE)
_NOT_RIGHT = re.compile(r"\b(?:incorrect|not correct|isn't correct)\b", re.IGNORECASE)
_WON = re.compile(
    r"congrat|\byou(?:'ve| have)? (?:won|win|did it|got it|found)\b|\bwell done\b|\bbravo\b"
    r"|\b(?:you|you've) guessed (?:it|the|right|correctly)|\bcorrect!"
    r"|\bthat'?s (?:right|correct|it)\b|\bcorrect\b(?! number (?:was|is))",
    re.IGNORECASE,
)
_OVER = re.compile(
    rf"game over|\bran out\b|\brun out\b|\bout of {_COUNT}\b|\bno (?:more )?{_COUNT}\b"
    r"|\byou(?:'ve| have)? (?:lost|lose|failed)\b|\bbetter luck\b|\bsorry\b"
    r"|\bused (?:up )?all\b|\bexhausted\b|\b(?:number|answer) was\b"
    rf"|\b0 {_COUNT} (?:left|remaining)",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\bagain\b[^.!\n]*[?:]|\banother (?:round|game)\b|\bnew game\b", re.IGNORECASE)


def direction_of(text: str) -> Said | None:
    """Whether an answer says that the number is greater or less; None if it says neither."""
    text = _OWN_GUESS.sub("GUESS", _HINTS.sub("", text))
    return next((said for pattern, said in _RULES if pattern.search(text)), None)


def is_won(text: str) -> bool:
    """Whether an answer says that the guess was right."""
    return (
        _WON.search(re.sub(r"(?i)\b(?:incorrect|not correct|isn't correct)\b", "", text))
        is not None
    )


def is_over(text: str) -> bool:
    """Whether an answer says that the chances have run out."""
    return _OVER.search(text) is not None


def asks_again(text: str) -> bool:
    """Whether an answer asks for another round."""
    return _AGAIN.search(text) is not None


def meaning_of(text: str) -> Said | None:
    """What an answer to a guess means; None if nobody can tell."""
    if is_won(text) and not is_over(text):
        return Said.WON
    direction = direction_of(text)
    if is_over(text):
        return Said.OVER
    return direction or (Said.WON if is_won(text) else None)


def choice_for(menu: str, level: str) -> str:
    """What to type for a difficulty: its number in the menu, or the word where it has none."""
    for line in menu.splitlines():
        found = re.search(rf"(\d)\s*\W*\s*{level}\b", line, re.IGNORECASE)
        if found:
            return found.group(1)
        found = re.search(rf"\b{level}\b\W*[(\[=:-]+\s*(\d)\s*[)\]]?", line, re.IGNORECASE)
        if found and "chance" not in line.lower():
            return found.group(1)
    return level


def numbers_in(text: str) -> list[int]:
    """The whole numbers in a text."""
    return [int(found) for found in re.findall(r"(?<![\d.])\d{1,6}(?![\d.]*\d)", text)]
