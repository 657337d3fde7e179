"""Installers that guides pipe from the network into a shell, done from the package registry.

Builds reach package registries only, and the same programs are there.
"""

from __future__ import annotations

import re

_PIPED = (
    r"(?:curl|wget)\s[^|&;\n]{{0,200}}{url}[^|&;\n]{{0,200}}"
    r"\|\s*((?:\w+=\S+\s+)*)(?:sudo\s+)?{reader}"
)
# In the place where the installer would put it, with what others rely on below it.
_POETRY = (
    'home=${POETRY_HOME:-$HOME/.local} && mkdir -p "$home/bin" && python3 -m venv "$home/venv"'
    ' && "$home/venv/bin/pip" install --quiet "poetry${POETRY_VERSION:+==$POETRY_VERSION}"'
    ' && ln -sf "$home/venv/bin/poetry" "$home/bin/poetry"'
)
_UV = (
    'home=${UV_INSTALL_DIR:-$HOME/.local/bin} && mkdir -p "$home" && python3 -m pip install'
    ' --quiet --target "$home/uv-package" uv && ln -sf "$home/uv-package/bin/uv" "$home/uv"'
    ' && touch "$home/env"'
)
_INSTALLERS = (
    (
        "Poetry",
        re.compile(
            _PIPED.format(url=r"install\.python-poetry\.org", reader=r"python3?\b(?:\s+-)?")
        ),
        _POETRY,
    ),
    (
        "uv",
        re.compile(
            _PIPED.format(url=r"astral\.sh/uv/[\w./]*install\.sh", reader=r"(?:ba|da)?sh\b")
        ),
        _UV,
    ),
)


def from_registry(command: str) -> tuple[str, str]:
    """A RUN command with such installers replaced, and a sentence on it (empty if none was)."""
    said = ""
    for name, pattern, script in _INSTALLERS:
        found = pattern.search(command)
        if found:
            shell = f"{found.group(1)}sh -c '{script}'"
            command = command[: found.start()] + shell + command[found.end() :]
            said = f"{name} was installed from PyPI: builds do not reach its installer's host"
    return command, said
