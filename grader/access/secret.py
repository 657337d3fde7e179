"""The text of a token: ``gr_<scope>_<random><checksum>``.

The prefix lets scanners of repositories find a token that was committed by mistake, the checksum
lets a mistyped one be told from an unknown one without a look at the database.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib

from grader.domain.records import Scope

_ALPHABET = string.digits + string.ascii_letters
RANDOM = 30  # of 62 signs: 178 bits, so that a fast digest is enough
CHECKSUM = 6
_FORM = re.compile(rf"gr_({'|'.join(Scope)})_([0-9A-Za-z]{{{RANDOM}}})([0-9A-Za-z]{{{CHECKSUM}}})")


def new_secret(scope: Scope) -> str:
    """A new token's text; whoever has it is taken for its owner."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(RANDOM))
    return f"gr_{scope}_{random}{_checksum(random)}"


def well_formed(text: str) -> bool:
    """Whether a text can be a token: its checksum is right."""
    match = _FORM.fullmatch(text)
    return match is not None and match.group(3) == _checksum(match.group(2))


def digest(text: str) -> str:
    """What is kept of a token's text: its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(random: str) -> str:
    number = zlib.crc32(random.encode())
    signs = ""
    for _ in range(CHECKSUM):
        number, rest = divmod(number, len(_ALPHABET))
        signs = _ALPHABET[rest] + signs
    return signs
