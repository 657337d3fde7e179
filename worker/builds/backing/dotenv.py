"""``.env`` files: read as data, the way python-dotenv and Node's dotenv read them."""

from __future__ import annotations

import re

_LINE = re.compile(r"""^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*?)[ \t]*$""", re.M)
_REFERENCE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)")


def read_dotenv(text: str) -> dict[str, str]:
    """Names and values; references to earlier ones are filled in, what cannot be is left out."""
    found: dict[str, str] = {}
    for name, raw in _LINE.findall(text):
        value, literal = _unquoted(raw)
        if not literal and "$" in value:
            try:
                value = _REFERENCE.sub(lambda match: _filled(match, found), value)
            except KeyError:
                continue
        found[name] = value
    return found


def _unquoted(raw: str) -> tuple[str, bool]:
    """A value, and whether it stands for itself, as in single quotes."""
    if raw[:1] in ("'", '"'):
        end = raw.find(raw[0], 1)
        if end > 0:
            return raw[1:end], raw[0] == "'"
    return re.split(r"[ \t]#", raw, maxsplit=1)[0].strip(), False


def _filled(match: re.Match[str], known: dict[str, str]) -> str:
    name, default = match.group(1) or match.group(3), match.group(2)
    if name in known:
        return known[name]
    if default is None:
        raise KeyError(name)
    return default
