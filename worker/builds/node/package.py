"""Reads what a Node.js project says about itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.errors import SubmissionError
from worker.builds.folder import Folder

LOCKS = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
}


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
        exists: Whether there is one at all.
    """

    scripts: Mapping[str, str] = field(default_factory=dict)
    main: str = ""
    binaries: tuple[str, ...] = ()
    dependencies: Mapping[str, str] = field(default_factory=dict)
    development: Mapping[str, str] = field(default_factory=dict)
    engine: str = ""
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
        exists=True,
    )


def node_version(folder: Folder, package: Package, offered: tuple[str, ...]) -> tuple[str, str]:
    """The Node.js to use, and the file that asks for it (empty if none does).

    Args:
        folder: The project.
        package: Its ``package.json``.
        offered: Major versions, the operator's favourite first.
    """
    for name in (".nvmrc", ".node-version"):
        found = re.search(r"v?(\d+)", folder.text(name)) if folder.has(name) else None
        if found:
            return found.group(1), name
    if not package.engine:
        return offered[0], ""
    fitting = [version for version in offered if allows(package.engine, int(version))]
    if fitting:
        return fitting[0], "package.json"
    wanted = re.search(r"\d+", package.engine)
    return (wanted.group(0) if wanted else offered[0]), "package.json"


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
