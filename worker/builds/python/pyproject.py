"""Reads ``pyproject.toml`` and the lock files beside it, whatever backend they are written for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from worker.builds.folder import Folder
from worker.builds.python.requirements import Requirements, normal, read_requirements

Table = Mapping[str, Any]


def load(folder: Folder, name: str) -> Table:
    """A TOML file of the folder; empty if it is absent or cannot be read."""
    try:
        return tomllib.loads(folder.text(name))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def table(value: Any, *keys: str) -> Table:
    """A table inside tables; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def texts(value: Any) -> list[str]:
    """The texts of a list; empty if it is none."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def read_pyproject(folder: Folder, into: Requirements) -> None:
    """Take the dependencies of a ``pyproject.toml``: the standard's, then Poetry's, PDM's."""
    top = load(folder, "pyproject.toml")
    project = table(top, "project")
    into.merge(texts(project.get("dependencies")), "pyproject.toml")
    if "dependencies" in texts(project.get("dynamic")):
        dynamic = table(top, "tool", "setuptools", "dynamic", "dependencies").get("file", [])
        for path in [dynamic] if isinstance(dynamic, str) else texts(dynamic):
            read_requirements(folder, path, into)
    for name, wanted in table(top, "tool", "poetry", "dependencies").items():
        if normal(name) != "python":
            for line in _poetry(name, wanted):
                into.add(line)


def read_locks(folder: Folder, into: Requirements) -> None:
    """Take the versions that a lock file beside ``pyproject.toml`` holds, as constraints."""
    for name in ("uv.lock", "poetry.lock", "pdm.lock"):
        if not folder.has(name):
            continue
        versions: dict[str, set[str]] = {}
        for package in load(folder, name).get("package", ()):
            source = table(package, "source")
            elsewhere = {"editable", "virtual", "directory", "git", "path", "url"} & set(source)
            known = isinstance(package.get("name"), str) and isinstance(package.get("version"), str)
            if known and not elsewhere:
                versions.setdefault(package["name"], set()).add(package["version"])
        # A package locked in several versions is for several platforms or Pythons.
        into.constraints += [f"{n}=={v.pop()}" for n, v in versions.items() if len(v) == 1]
        into.sources.append(name)
        return


def requires_python(folder: Folder) -> str:
    """The Python versions that ``pyproject.toml`` asks for; empty if it does not say."""
    top = load(folder, "pyproject.toml")
    given = table(top, "project").get("requires-python")
    poetry = table(top, "tool", "poetry", "dependencies").get("python")
    if isinstance(given, str):
        return given
    return _specifier(poetry) if isinstance(poetry, str) else ""


def scripts(folder: Folder) -> dict[str, str]:
    """Console scripts: name -> ``module:function``."""
    top = load(folder, "pyproject.toml")
    found = {
        **table(top, "tool", "poetry", "scripts"),
        **table(top, "project", "scripts"),
    }
    return {name: target for name, target in found.items() if isinstance(target, str)}


def own_name(folder: Folder) -> tuple[str, str]:
    """Name and version of the project as a distribution; empty if it has no name."""
    top = load(folder, "pyproject.toml")
    for part in (table(top, "project"), table(top, "tool", "poetry")):
        name, version = part.get("name"), part.get("version", "0.0.0")
        if isinstance(name, str):
            return name, version if isinstance(version, str) else "0.0.0"
    return "", ""


def _poetry(name: str, wanted: Any) -> list[str]:
    """One dependency as Poetry writes it, as standard requirements."""
    if isinstance(wanted, str):
        return [f"{name}{_specifier(wanted)}"]
    if isinstance(wanted, list):
        return [line for one in wanted for line in _poetry(name, one)]
    if not isinstance(wanted, Mapping) or wanted.get("optional"):
        return []
    extras = ",".join(texts(wanted.get("extras")))
    full = f"{name}[{extras}]" if extras else name
    if "git" in wanted:
        return [f"{full} @ git+{wanted['git']}"]
    if "url" in wanted:
        return [f"{full} @ {wanted['url']}"]
    if "path" in wanted:
        return []
    markers = wanted.get("markers")
    line = f"{full}{_specifier(str(wanted.get('version', '*')))}"
    return [f"{line} ; {markers}" if isinstance(markers, str) else line]


def _specifier(wanted: str) -> str:
    """Poetry's ``^1.2`` and ``~1.2`` as standard specifiers; empty for any version."""
    if "||" in wanted:
        wanted = wanted.split("||")[-1]
    joined = re.sub(r"([<>=!~^]+)\s+", r"\1", wanted.strip())
    parts = [_part(part) for part in re.split(r"[,\s]+(?=[<>=~^!\d*])", joined)]
    return ",".join(part for part in parts if part)


def _part(part: str) -> str:
    if part in ("", "*"):
        return ""
    match = re.match(r"^(\^|~(?!=))\s*v?(\d+(?:\.\d+)*)(.*)$", part)
    if match:
        numbers = [int(n) for n in match.group(2).split(".")]
        return f">={match.group(2)}{match.group(3)},<{_next(match.group(1), numbers)}"
    if re.match(r"^\d", part):
        return f"=={part}"
    return part.replace(" ", "")


def _next(sign: str, numbers: list[int]) -> str:
    """The first version that ``^`` or ``~`` leaves out."""
    if sign == "~":
        keep = min(2, len(numbers))
    else:
        keep = next((i + 1 for i, n in enumerate(numbers) if n), len(numbers))
    upper = numbers[:keep]
    upper[-1] += 1
    return ".".join(str(n) for n in upper)
