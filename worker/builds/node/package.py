"""Reads what a Node.js project says about itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.errors import SubmissionError
from worker.builds.folder import Folder

# What of a package.json decides what is installed. The rest (scripts, version) may change without
# anything being installed again.
_INSTALLED = (
    "name", "dependencies", "devDependencies", "optionalDependencies", "peerDependencies",
    "peerDependenciesMeta", "overrides", "resolutions", "pnpm", "workspaces",
)  # fmt: skip
# The first line of pnpm's lock file -> the pnpm that reads it.
_PNPM = {"5": "pnpm@7", "6": "pnpm@8", "9": "pnpm@9"}


@dataclass(frozen=True, slots=True)
class Package:
    """A ``package.json``.

    Attributes:
        scripts: Name -> command.
        main: The entry that it names; may be empty.
        binaries: Files that it offers as commands.
        dependencies: What it needs to run: name -> version.
        development: What it needs to be developed.
        engine: The Node.js versions that it asks for.
        installed: The part of it that decides what is installed.
        exists: Whether there is one at all.
    """

    scripts: Mapping[str, str] = field(default_factory=dict)
    main: str = ""
    binaries: tuple[str, ...] = ()
    dependencies: Mapping[str, str] = field(default_factory=dict)
    development: Mapping[str, str] = field(default_factory=dict)
    engine: str = ""
    installed: Mapping[str, Any] = field(default_factory=lambda: {"private": True})
    exists: bool = False


def read_package(folder: Folder) -> Package:
    """Read ``package.json``.

    Raises:
        SubmissionError: ``build.package_json`` if it is no JSON object, with the place.
    """
    if not folder.has("package.json"):
        return Package()
    try:
        top = json.loads(folder.text("package.json"))
    except (ValueError, RecursionError) as error:
        raise SubmissionError("build.package_json", cause=error) from error
    if not isinstance(top, dict):
        raise SubmissionError("build.package_json", cause="it is no object")
    given = top.get("bin")
    binaries = list(_texts(given).values()) if isinstance(given, dict) else [given]
    return Package(
        scripts=_texts(top.get("scripts")),
        main=top["main"] if isinstance(top.get("main"), str) else "",
        binaries=tuple(path.removeprefix("./") for path in binaries if isinstance(path, str)),
        dependencies=_texts(top.get("dependencies")),
        development=_texts(top.get("devDependencies")),
        engine=_texts(top.get("engines")).get("node", ""),
        installed={"private": True, **{key: top[key] for key in _INSTALLED if key in top}},
        exists=True,
    )


def manager_of(folder: Folder, package: Package) -> str:
    """What installs: ``ci`` (npm with a lock file), ``npm``, ``yarn``, ``pnpm@9``, ``none``."""
    if not package.dependencies and not package.development:
        return "none"
    if folder.has("package-lock.json") or folder.has("npm-shrinkwrap.json"):
        return "ci"
    if folder.has("pnpm-lock.yaml"):
        found = re.match(r"lockfileVersion: '?(\d)", folder.text("pnpm-lock.yaml"))
        return _PNPM.get(found.group(1), "npm") if found else "npm"
    # Version 2 and later have another format, which the yarn in the images does not read.
    if folder.has("yarn.lock") and "__metadata:" not in folder.text("yarn.lock")[:1000]:
        return "yarn"
    return "npm"


def node_version(folder: Folder, package: Package, offered: tuple[str, ...]) -> tuple[str, str]:
    """The Node.js to use, and the file that asks for it (empty if none does).

    Args:
        folder: The project.
        package: Its ``package.json``.
        offered: Major versions.
    """
    for name in (".nvmrc", ".node-version"):
        found = re.search(r"v?(\d+)", folder.text(name)) if folder.has(name) else None
        if found:
            return found.group(1), name
    # Older code runs on a newer Node.js, newer code often not on an older one.
    newest = sorted(offered, key=int, reverse=True)
    if not package.engine:
        return newest[0], ""
    fitting = [version for version in newest if allows(package.engine, int(version))]
    if fitting:
        return fitting[0], "package.json"
    wanted = re.search(r"\d+", package.engine)
    return (wanted.group(0) if wanted else newest[0]), "package.json"


def allows(wanted: str, major: int) -> bool:
    """Whether a range of npm's contains a major version, whatever its minor ones."""
    return any(
        all(_part_allows(part, major) for part in re.findall(r"[<>=^~]*\s*v?[\dx*][\w.*-]*", one))
        for one in wanted.split("||")
    )


def _part_allows(part: str, major: int) -> bool:
    sign, number = re.match(r"([<>=^~]*)\s*v?(\d+|[x*])", part).groups()  # type: ignore[union-attr]
    if not number.isdecimal():
        return True
    bound = int(number)
    if sign.startswith(">"):
        return major >= bound
    if sign.startswith("<="):
        return major <= bound
    if sign.startswith("<"):
        # <21 leaves 21 out, <20.5 does not leave all of 20 out.
        return major < bound or (major == bound and "." in part and not part.endswith(".0"))
    return major == bound


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {key: item for key, item in value.items() if isinstance(item, str)}
