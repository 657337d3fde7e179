"""The one place where text that a learner's program wrote becomes safe to keep and to show.

Logs, answers and names come from programs that are not trusted. What passes through here holds no
terminal control, no character that XML or UTF-8 cannot carry, nothing that reorders or hides what
a reader sees, and is never longer than it was allowed to be. It is still plain text: each renderer
escapes for its own format.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_MARKS = 5
"""Combining marks that one letter may carry; living scripts use four at most."""

REPLACEMENT = "\ufffd"
LOG_LINES = 80
LOG_CHARS = 16_000
LINE_CHARS = 2_000

_ESCAPES = re.compile(
    # OSC, DCS, SOS, PM, APC with their text. One that is not closed ends with its line, so that
    # it cannot swallow the rest of a log.
    "(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"
    # CSI: colours, cursor moves.
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"
    # The short ones.
    "|\x1b[ -/]*[0-~]?"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_REMOVED = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x9f"  # C0 and C1 controls
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb"  # what takes no room or is blank on purpose
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U00013430-\U0001345f\U000e0000-\U000e0fff]"
)
_REPLACED = re.compile(
    "[\x00\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Joiners belong to emoji and to scripts such as Persian, and to nothing in ASCII.
_STRAY_JOINER = re.compile(
    "[\u200c\u200d]+(?![^\x00-\x7f\u200c\u200d])|(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]+"
    "|[\u200c\u200d]{2,}"
)
_MAYBE_MARKS = re.compile(f"[^\x00-\u02ff]{{{MAX_MARKS + 1},}}")

_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(://[^\s/:@]{0,200}):[^\s/@]{1,500}@"), r"\1:…@"),
    (
        re.compile(
            r"(authorization[\"']?[ \t]{0,4}[:=][ \t\"']{0,4}(?:bearer|basic|token)[ \t]{1,4}"
            r"[^\s\"']{0,4})[^\s\"']{1,8000}",
            re.IGNORECASE,
        ),
        r"\1…",
    ),
    (re.compile(r"\b(gh[pousr]_|github_pat_|glpat-|sk_live_|xox[bap]-)[\w-]{8,255}"), r"\1…"),
    (
        re.compile(r"(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]{1,20000}(-----END)?"),
        r"\1 … \2",
    ),
)


def clean(text: str, max_chars: int) -> str:
    """Make text safe to keep and to show.

    Terminal sequences and control characters go (newline and tab stay, other line ends become
    newlines); NUL, lone surrogates and non-characters become U+FFFD; what reorders text is spelt
    out, as in ``⟨U+202E⟩``; what is invisible goes; a letter keeps at most :data:`MAX_MARKS`
    combining marks.

    Args:
        text: Anything, of any length.
        max_chars: The most that comes back. Text that is cut ends with
            ``… n characters left out``.

    Returns:
        The cleaned text; cleaning it again changes nothing.
    """
    if not (text.isascii() and text.isprintable()):
        text = _cleaned(text)
    return _capped(text, max_chars)


def redact(text: str) -> str:
    """Shorten obvious secrets: passwords in URLs, authorization headers, well-known tokens."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a log, as :class:`grader.domain.evidence.LogTail` keeps it."""

    text: str
    dropped_lines: int


def tail(text: str, lines: int = LOG_LINES, chars: int = LOG_CHARS) -> Tail:
    """The last lines of a log, cleaned and redacted.

    Args:
        text: The log, or as much of its end as was read.
        lines: The most lines that are kept.
        chars: The most characters that are kept; whole lines, unless one alone is longer.

    Returns:
        The text without blank lines at its end, and how many lines before it were dropped.
    """
    every = redact(_cleaned(text)).rstrip().split("\n")
    kept: list[str] = []
    room = chars
    for line in reversed(every[-lines:]):
        short = _capped(line.rstrip(), min(LINE_CHARS, chars))
        if len(short) + 1 > room and kept:
            break
        kept.append(short)
        room -= len(short) + 1
    return Tail("\n".join(reversed(kept)), len(every) - len(kept))


def _cleaned(text: str) -> str:
    text = _ESCAPES.sub("", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _REMOVED.sub("", text)
    if text.isascii():
        return text.replace("\x00", REPLACEMENT)
    text = _REPLACED.sub(REPLACEMENT, text)
    text = _BIDI.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)
    text = _STRAY_JOINER.sub("", text)
    return _MAYBE_MARKS.sub(lambda match: _few_marks(match.group()), text)


def _few_marks(run: str) -> str:
    """A run of characters beyond Latin, with at most :data:`MAX_MARKS` marks in a row."""
    kept: list[str] = []
    marks = 0
    for char in run:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def _capped(text: str, max_chars: int) -> str:
    if len(text) <= max_chars:
        return text
    # The note takes room itself, and so makes more to leave out; that settles after two rounds.
    note = ""
    for _ in range(3):
        note = f"… {len(text) - max_chars + len(note)} characters left out"
    if len(note) > max_chars:
        return text[: max_chars - 1] + "…" if max_chars > 0 else ""
    return text[: max_chars - len(note)] + note
