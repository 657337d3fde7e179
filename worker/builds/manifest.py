"""``grader.toml``: what a learner may say about a project; nothing of it is required.

project = "url_shortening_service"
path = "server"

[run]
start = "uvicorn main:app"
port = 8000
base_path = "/api"
env = { DATABASE_URL = "sqlite:///app.db" }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from grader.errors import SubmissionError
from worker.builds.folder import Folder

NAME = "grader.toml"
_TOP = ("project", "path", "run")
_RUN = ("start", "port", "base_path", "env", "services")
_KINDS: dict[str, tuple[type, str]] = {
    "project": (str, "a text"),
    "path": (str, "a text"),
    "run": (dict, "a table, [run]"),
    "start": (str, "a text, the command"),
    "port": (int, "a number from 1 to 65535"),
    "base_path": (str, 'a text that begins with "/"'),
    "env": (dict, "a table of texts"),
    "services": (list, "a list of names"),
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """A learner's ``grader.toml``; every field may be absent."""

    project: str | None = None
    path: str | None = None
    start: str | None = None
    port: int | None = None
    base_path: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    # None: nothing is said, they are looked for; empty: there shall be none.
    services: tuple[str, ...] | None = None


def read_manifest(folder: Folder) -> Manifest:
    """Read the folder's ``grader.toml``.

    Returns:
        What it says; an empty manifest if there is no such file.

    Raises:
        SubmissionError: ``build.manifest``, with the line, if it is no TOML, has a key that means
            nothing, or a value of the wrong kind.
    """
    if not folder.has(NAME):
        return Manifest()
    text = folder.text(NAME)
    try:
        top = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refuse(_line_of_error(str(error)), f"it is not valid TOML: {error}") from error
    except RecursionError:
        raise _refuse(1, "it is nested too deeply") from None
    _check(text, top, _TOP, "")
    run = top.get("run", {})
    _check(text, run, _RUN, "[run] ")
    _check_values(text, run)
    return Manifest(
        project=top.get("project"),
        path=top.get("path"),
        start=run.get("start"),
        port=run.get("port"),
        base_path=run.get("base_path"),
        env={name: str(value) for name, value in run.get("env", {}).items()},
        services=tuple(run["services"]) if "services" in run else None,
    )


def _check(text: str, table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key, value in table.items():
        if key not in known:
            near = get_close_matches(key, known, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            raise _refuse(_line_of(text, key), f"{where}{key!r} means nothing here; {advice}")
        kind, words = _KINDS[key]
        # bool is an int to Python, and a port of true is none.
        if not isinstance(value, kind) or isinstance(value, bool):
            raise _refuse(_line_of(text, key), f"{where}{key!r} has to be {words}")


def _check_values(text: str, run: dict[str, Any]) -> None:
    port = run.get("port", 1)
    base_path = run.get("base_path", "/")
    if not 1 <= port <= 65535:
        raise _refuse(_line_of(text, "port"), f"[run] 'port' has to be {_KINDS['port'][1]}")
    if base_path and not base_path.startswith("/"):
        words = _KINDS["base_path"][1]
        raise _refuse(_line_of(text, "base_path"), f"[run] 'base_path' has to be {words}")
    for name, value in run.get("env", {}).items():
        if isinstance(value, dict | list):
            raise _refuse(_line_of(text, name), f"[run] env {name!r} has to be a text")
    if not all(isinstance(name, str) for name in run.get("services", ())):
        raise _refuse(_line_of(text, "services"), "[run] 'services' has to be a list of names")


def _line_of(text: str, key: str) -> int:
    pattern = re.compile(rf"(?:^|[\[{{,.])\s*[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    for number, line in enumerate(text.split("\n"), 1):
        if pattern.search(line):
            return number
    return 1


def _line_of_error(words: str) -> int:
    found = re.search(r"at line (\d+)", words)
    return int(found.group(1)) if found else 1


def _refuse(line: int, problem: str) -> SubmissionError:
    return SubmissionError("build.manifest", line=line, problem=problem)
