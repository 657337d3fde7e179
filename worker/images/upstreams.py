"""Which package registries the operator uses, asked of the operator's own tools.

No registry is named in this project. The index comes from pip's configuration or pip's own
default, the npm registry from npm's, the Debian mirror from this machine's package sources; a
setting overrides each.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from grader.settings import Settings

QUESTION_TIMEOUT_S = 30
_PIP_DEFAULTS = (
    "import json; from pip._internal.models.index import PyPI as i; "
    "print(json.dumps([i.simple_url, i.file_storage_domain]))"
)


@dataclass(frozen=True, slots=True)
class DebianMirror:
    """Where Debian's packages come from: ``main`` and, where it is known, ``security``."""

    main: str
    security: str | None


@dataclass(frozen=True, slots=True)
class PythonIndex:
    """A Python package index: the URL of its ``simple`` page and the hosts that hold its files."""

    simple: str
    file_hosts: tuple[str, ...]


def python_index(settings: Settings) -> PythonIndex | None:
    """The operator's Python index; None where neither the setting nor pip names one."""
    default = json.loads(_ask(sys.executable, "-c", _PIP_DEFAULTS) or "null")
    named = settings.pypi_index or _pip_setting("index-url")
    if default and named in (None, default[0], default[0].rstrip("/")):
        return PythonIndex(default[0].rstrip("/") + "/", (default[1],))
    return PythonIndex(named.rstrip("/") + "/", ()) if named else None


def npm_registry(settings: Settings) -> str | None:
    """The operator's npm registry, if the setting or an npm of this machine names one."""
    named = settings.npm_registry or os.environ.get("npm_config_registry")  # noqa: SIM112 - npm's
    if not named and shutil.which("npm"):
        named = (_ask("npm", "config", "get", "registry") or "").strip()
    return named.rstrip("/") + "/" if named and named.startswith("http") else None


def debian_mirror(settings: Settings, sources: Path = Path("/etc/apt")) -> DebianMirror:
    """The operator's Debian mirror.

    Args:
        settings: ``debian_mirror`` overrides all.
        sources: apt's configuration folder; used where this machine runs Debian itself.

    Returns:
        The mirror. ``main`` is empty where nothing names one: debootstrap then uses its default.
    """
    if settings.debian_mirror:
        return DebianMirror(settings.debian_mirror.rstrip("/"), None)
    found = list(_apt_sources(sources)) if _is_debian() else []
    main = next((uri for uri, suite in found if "/" not in suite and "-" not in suite), "")
    security = next((uri for uri, suite in found if suite.endswith("-security")), None)
    return DebianMirror(main or _debootstrap_default(), security)


def _apt_sources(folder: Path) -> Iterator[tuple[str, str]]:
    """Pairs of URI and suite with a component ``main``, from both formats of apt's sources."""
    files = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*"))]
    for file in files:
        if not file.is_file():
            continue
        text = re.sub(r"^\s*#.*\n?", "", file.read_text(errors="replace"), flags=re.MULTILINE)
        if file.suffix == ".sources":
            for stanza in re.split(r"\n\s*\n", text):
                yield from _deb822(stanza)
        elif file.suffix == ".list":
            yield from _one_line(text)


def _deb822(stanza: str) -> Iterator[tuple[str, str]]:
    fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza, flags=re.MULTILINE))
    if "deb" not in fields.get("Types", "").split():
        return
    if "main" not in fields.get("Components", "").split():
        return
    for uri in fields.get("URIs", "").split():
        for suite in fields.get("Suites", "").split():
            if uri.startswith("http"):
                yield uri.rstrip("/"), suite


def _one_line(text: str) -> Iterator[tuple[str, str]]:
    pattern = r"^deb\s+(?:\[[^\]]*\]\s+)?(https?://\S+)\s+(\S+)\s+(.*)$"
    for uri, suite, components in re.findall(pattern, text, flags=re.MULTILINE):
        # A vendor's own repository may also have a component "main", but not Debian's suites.
        if "main" in components.split() and suite in _debian_suites():
            yield uri.rstrip("/"), suite


def _debian_suites() -> set[str]:
    codename = _os_release().get("VERSION_CODENAME", "")
    return {codename, f"{codename}-security", f"{codename}-updates", "stable", "stable-security"}


def _os_release() -> dict[str, str]:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {key: value.strip('"') for key, _, value in pairs}


def _is_debian() -> bool:
    return _os_release().get("ID") == "debian"


def _debootstrap_default() -> str:
    """The mirror that debootstrap uses by itself, empty where it is not installed."""
    program = shutil.which("debootstrap") or "/usr/sbin/debootstrap"
    try:
        text = Path(program).read_text(errors="replace")
    except OSError:
        return ""
    found = re.search(r'^DEF_MIRROR="(http[^"]+)"', text, flags=re.MULTILINE)
    return found[1] if found else ""


def _pip_setting(name: str) -> str | None:
    """A value of pip's configuration; its environment wins over its files, as in pip."""
    lines = (_ask(sys.executable, "-m", "pip", "config", "list") or "").splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    for section in (":env:", "install", "global"):
        if value := found.get(f"{section}.{name}"):
            return value.strip("'\"")
    return None


def _ask(*command: str) -> str | None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=QUESTION_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def host_of(url: str) -> str:
    """The host that a URL names, without its port."""
    return urlsplit(url).hostname or ""
