"""Finds what a Python project needs, in whatever file it says so, or in its imports."""

from __future__ import annotations

import ast
import configparser
import json
import re
from collections.abc import Collection

import yaml

from worker.builds.folder import Folder
from worker.builds.python.distributions import BRINGS, EXTRAS, IMPLIED, SCHEMES, distribution
from worker.builds.python.layout import Layout
from worker.builds.python.module import Module
from worker.builds.python.pyproject import (
    load,
    read_locks,
    read_pyproject,
    table,
)
from worker.builds.python.requirements import (
    Requirements,
    name_of,
    normal,
    read_requirements,
)

# A list of packages is short, and the parser is slow.
YAML_LIMIT = 64 * 1024
# In the order in which they count; a folder's name is spelt as it is.
_FILES = (
    "requirements.txt", "requirement.txt", "requirements/prod.txt", "requirements/production.txt",
    "requirements/base.txt", "requirements/requirements.txt", "requirements-prod.txt",
    "requirements_prod.txt", "requirements.in", "reqs.txt", "deps.txt",
)  # fmt: skip


def find_dependencies(folder: Folder) -> Requirements:
    """Everything that the project's files ask for; without ``sources`` if none of them does."""
    found = Requirements()
    path = _requirements_file(folder)
    if path:
        read_requirements(folder, path, found)
    if not found.lines and folder.has("pyproject.toml"):
        read_pyproject(folder, found)
        read_locks(folder, found)
    for name, read in (
        ("Pipfile", _pipfile),
        ("setup.cfg", _setup_cfg),
        ("setup.py", _setup_py),
        ("environment.yml", _environment),
        ("environment.yaml", _environment),
    ):
        if not found.lines and folder.has(name):
            read(folder, found, name)
    for local in list(found.local):
        _read_local(folder, local, found)
    return found


def _requirements_file(folder: Folder) -> str | None:
    lower = {path.lower(): path for path in folder.files if path.count("/") <= 1}
    wanted = next((lower[name] for name in _FILES if name in lower), None)
    if wanted:
        return wanted
    # "requirements - Copy.txt", "Requirements_v2.txt": the only one of its kind.
    others = [p for p in folder.top if re.match(r"(?i)requirements?.*\.txt$", p)]
    plain = [p for p in others if not re.search(r"(?i)dev|test|lint|docs", p)]
    return plain[0] if plain else None


def _read_local(folder: Folder, local: str, into: Requirements) -> None:
    """``-e .``: its dependencies are ours; its code is reached by path."""
    inner = folder.below(local) if local else folder
    if inner.has("pyproject.toml"):
        read_pyproject(inner, into)
    elif inner.has("setup.py"):
        _setup_py(inner, into, "setup.py")


def _pipfile(folder: Folder, into: Requirements, name: str) -> None:
    into.sources.append(name)
    for package, wanted in table(load(folder, name), "packages").items():
        version = wanted if isinstance(wanted, str) else table({"w": wanted}, "w").get("version")
        extras = wanted.get("extras", []) if isinstance(wanted, dict) else []
        full = f"{package}[{','.join(extras)}]" if extras else package
        into.add(f"{full}{version}" if isinstance(version, str) and version != "*" else full)
    try:
        lock = json.loads(folder.text("Pipfile.lock") or "{}")
    except ValueError:
        return
    for package, wanted in table(lock, "default").items():
        version = wanted.get("version") if isinstance(wanted, dict) else None
        if isinstance(version, str):
            into.constraints.append(f"{package}{version}")


def _setup_cfg(folder: Folder, into: Requirements, name: str) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(folder.text(name))
    except configparser.Error:
        return
    listed = parser.get("options", "install_requires", fallback="")
    lines = [line.strip() for line in re.split(r"[\n;]", listed) if line.strip()]
    if lines:
        into.merge(lines, name)


def _setup_py(folder: Folder, into: Requirements, name: str) -> None:
    """``install_requires`` where it is written out; the script itself is never run."""
    try:
        tree = ast.parse(folder.text(name))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            try:
                value = ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                return
            if isinstance(value, list | tuple):
                into.merge([line for line in value if isinstance(line, str)], name)


def _environment(folder: Folder, into: Requirements, name: str) -> None:
    """A conda environment: its pip section, and those of its packages that PyPI has."""
    try:
        top = yaml.safe_load(folder.lines(name, YAML_LIMIT))
    except (yaml.YAMLError, RecursionError, ValueError):
        return
    listed = top.get("dependencies") if isinstance(top, dict) else None
    lines: list[str] = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            lines += [line for line in one.get("pip") or () if isinstance(line, str)]
        elif isinstance(one, str):
            package, *version = one.split("::")[-1].split("=")
            known = distribution(package.replace("-", "_"))
            if known:
                exact = next((v for v in version if v), "")
                lines.append(f"{package}=={exact}" if exact and "=" in one else package)
    into.merge([line for line in lines if name_of(line)], name)


def missing_imports(
    layout: Layout, loaded: Collection[str], wanted: Requirements
) -> dict[str, str]:
    """Imported modules that no requirement brings: module -> distribution, certain ones only.

    Args:
        layout: The project's modules.
        loaded: The modules that the app loads.
        wanted: What is installed anyway.
    """
    own = layout.own_names()
    have = brought(wanted)
    found: dict[str, str] = {}
    for path in sorted(loaded):
        found |= _implied(layout.modules[path], have)
        for one in layout.modules[path].imports:
            top = one.module.split(".")[0]
            if one.level or one.optional or not top or top in own:
                continue
            package = distribution(top)
            if package and _absent(package, top, have):
                found[top] = package
    return found


def brought(wanted: Requirements) -> set[str]:
    """Normalised names of what is installed with the requirements, as far as it is known."""
    have = set(wanted.names)
    for name in list(have):
        have |= BRINGS.get(name, frozenset())
        for extra in wanted.extras(name):
            have |= EXTRAS.get((name, extra), frozenset())
    return have


def _implied(module: Module, have: set[str]) -> dict[str, str]:
    """What a module needs beyond what it imports: optional parts of frameworks, drivers."""
    needed = {
        f"{one.module}.{name}": IMPLIED[one.module, name]
        for one in module.imports
        if not one.optional
        for name in one.names
        if (one.module, name) in IMPLIED
    }
    for text in module.strings:
        scheme = text.split("//")[0]
        if scheme in SCHEMES and text != scheme:
            needed[scheme] = SCHEMES[scheme]
    return {why: package for why, package in needed.items() if _absent(package, why, have)}


def _absent(package: str, module: str, have: set[str]) -> bool:
    """No distribution listed brings the module, under this or a usual other name."""
    base = normal(package.split("[")[0])
    others = {
        "psycopg2-binary": {"psycopg2"},
        "psycopg": {"psycopg-binary"},
        "jinja2": {"flask"},
        "itsdangerous": {"flask"},
        "opencv-python-headless": {"opencv-python", "opencv-contrib-python"},
        "pymongo": {"bson"},
        "mysql-connector-python": {"mysql-connector", "mysql-connector-python-rf"},
        "python-jose": {"jose"},
        "python-dotenv": {"dotenv"},
    }
    names = {base, normal(module)} | others.get(base, set())
    return have.isdisjoint(names)
