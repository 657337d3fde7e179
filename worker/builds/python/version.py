"""Which Python a project is run with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from worker.builds.folder import Folder
from worker.builds.python.pyproject import load, requires_python, table
from worker.builds.python.requirements import Requirements

# Distributions with compiled code: the first version that has wheels for a Python. Older pins
# would have to be compiled, or fail at run time (SQLAlchemy before 2.0.31 on 3.13).
_FIRST_WHEELS: dict[str, dict[str, str]] = {
    "3.12": {
        "numpy": "1.26.0", "pandas": "2.1.1", "pydantic-core": "2.6.0", "pyyaml": "6.0.1",
        "psycopg2-binary": "2.9.9", "asyncpg": "0.29.0", "greenlet": "3.0.0", "aiohttp": "3.9.0",
        "lxml": "4.9.3", "pillow": "10.1.0", "frozenlist": "1.4.1", "multidict": "6.0.5",
        "yarl": "1.9.3", "uvloop": "0.18.0", "httptools": "0.6.1", "cffi": "1.16.0",
        "grpcio": "1.59.2", "scikit-learn": "1.3.1", "scipy": "1.11.3", "ujson": "5.9.0",
        "pymongo": "4.6.0",
    },
    "3.13": {
        "numpy": "2.1.0", "pandas": "2.2.3", "pydantic-core": "2.23.3", "pyyaml": "6.0.2",
        "psycopg2-binary": "2.9.10", "asyncpg": "0.30.0", "greenlet": "3.1.0", "aiohttp": "3.10.6",
        "lxml": "5.3.0", "pillow": "11.0.0", "frozenlist": "1.5.0", "multidict": "6.1.0",
        "yarl": "1.12.0", "uvloop": "0.21.0", "httptools": "0.6.4", "cffi": "1.17.1",
        "grpcio": "1.66.2", "scikit-learn": "1.5.2", "scipy": "1.14.1", "ujson": "5.11.0",
        "pymongo": "4.10.0", "sqlalchemy": "2.0.31", "orjson": "3.10.7", "rpds-py": "0.20.0",
    },
}  # fmt: skip


def asked_for(folder: Folder) -> tuple[str, str]:
    """The Python that the project's files name, and the file.

    Returns:
        A specifier (``"==3.12.*"``, ``">=3.10"``) or an empty text, and where it stands.
    """
    for name in (".python-version", "runtime.txt"):
        found = re.search(r"(\d+\.\d+)", folder.text(name)) if folder.has(name) else None
        if found:
            return f"=={found.group(1)}.*", name
    given = requires_python(folder)
    if given:
        return given, "pyproject.toml"
    pipfile = table(load(folder, "Pipfile"), "requires") if folder.has("Pipfile") else {}
    version = pipfile.get("python_version")
    if isinstance(version, str) and re.fullmatch(r"\d+\.\d+", version):
        return f"=={version}.*", "Pipfile"
    return "", ""


def choose(
    asked: str, offered: Sequence[str], wanted: Requirements, newest: bool = False
) -> tuple[str, str]:
    """Choose a Python.

    Args:
        asked: A specifier, as from :func:`asked_for`.
        offered: Versions to choose from, the operator's favourite first.
        wanted: What will be installed.
        newest: The code has syntax that our own Python does not know: it needs a newer one.

    Returns:
        The version, and why another than the favourite in a sentence (empty if it is that one).
        A version that is asked for alone is returned though it is not offered: the base images
        know what stands in for it.
    """
    fitting = [version for version in offered if _allows(asked, version)]
    if not fitting:
        exact = re.search(r"(\d+\.\d+)", asked)
        return (exact.group(1) if exact else offered[0]), ""
    if newest:
        best = max(fitting, key=Version)
        return best, "" if best == offered[0] else f"the code needs a newer Python: {best} was used"
    pins = wanted.pins()
    ready = [version for version in fitting if not _without_wheels(version, pins)]
    if ready and ready[0] != fitting[0]:
        package = _without_wheels(fitting[0], pins)[0]
        return ready[0], (
            f"Python {ready[0]} was used: {package} {pins[package]} has no ready-made"
            f" build for {fitting[0]}"
        )
    return (ready or fitting)[0], ""


def _allows(asked: str, version: str) -> bool:
    if not asked:
        return True
    try:
        # The last micro version: ">=3.11.4" is met by the operator's 3.11.
        return SpecifierSet(asked).contains(f"{version}.99", prereleases=True)
    except InvalidSpecifier:
        return True


def _without_wheels(version: str, pins: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    for package, first in _FIRST_WHEELS.get(version, {}).items():
        pin = pins.get(package)
        try:
            if pin and Version(pin) < Version(first):
                found.append(package)
        except InvalidVersion:
            continue
    return found
