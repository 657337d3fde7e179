"""Start commands in a project's README: they break ties between candidates."""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.builds.folder import Folder

# Where databases, caches and queues listen.
_SERVICES = frozenset({1433, 3306, 5432, 5672, 6379, 9092, 9200, 11211, 15672, 27017})
README_LIMIT = 64 * 1024
_COMMAND = re.compile(
    r"""(?:^|[`$>\s&;])(?:uv\ run\ |poetry\ run\ |pipenv\ run\ |python3?\ -m\ |py\ -m\ )?
    (?P<tool>uvicorn|gunicorn|hypercorn|flask|fastapi|python3?|py|daphne|waitress-serve)\s+
    (?P<rest>[^`\n&|;#]+)""",
    re.VERBOSE,
)
_CD = re.compile(r"(?:^|[`$>\s;])cd\s+[\"']?([^\"'`\n&;]+?)[\"']?\s*(?:&&|;|`|$)", re.MULTILINE)
_TARGET = re.compile(r"^[\w./-]+:[\w()]+$")
_URL_PORT = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d{2,5})\b")


@dataclass(frozen=True, slots=True)
class Hints:
    """What a README says about starting.

    Attributes:
        targets: Import strings (``main:app``), likeliest first.
        scripts: Scripts and modules run with Python.
        folders: Folders that the commands change into.
        ports: Ports of the addresses it shows.
    """

    targets: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()


def read_hints(folder: Folder) -> Hints:
    """Read the README and what else has start commands (Makefile, scripts)."""
    text = "\n".join(
        folder.lines(path, README_LIMIT)
        for path in folder.top
        if path.lower().startswith("readme") or path in ("Makefile", "start.sh", "run.sh")
    )
    targets: list[str] = []
    scripts: list[str] = []
    for match in _COMMAND.finditer(text):
        words = match.group("rest").split()
        tool = match.group("tool")
        targets += [word for word in words if _TARGET.match(word)]
        if tool == "flask" and "--app" in words[:-1]:
            targets.append(words[words.index("--app") + 1])
        elif tool.startswith("py") and words[0] == "-m" and len(words) > 1:
            scripts.append(words[1])
        elif tool.startswith("py") or tool == "fastapi":
            scripts += [word for word in words if word.endswith(".py")][:1]
    targets += re.findall(r"FLASK_APP\s*=\s*[\"']?([\w./:-]+)", text)
    folders = [name.strip().strip("/").removeprefix("./") for name in _CD.findall(text)]
    ports = [int(port) for port in _URL_PORT.findall(text)]
    ports = [port for port in ports if port < 65536 and port not in _SERVICES]
    return Hints(
        tuple(dict.fromkeys(targets)),
        tuple(dict.fromkeys(script.removeprefix("./") for script in scripts)),
        tuple(dict.fromkeys(folders)),
        tuple(dict.fromkeys(ports)),
    )
