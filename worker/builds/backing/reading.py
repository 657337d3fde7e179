"""The texts of a project in which services and their addresses are named. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename

from worker.builds.folder import Folder

MOST_FILES = 400
TEXT_LIMIT = 128 * 1024
# Patterns take a second for as much; no learner writes it by hand.
MOST_CHARS = 2 * 1024 * 1024
# What says most in the fewest words is read first.
_ORDER = ("environment", "compose", "lists", "settings", "code")
_CODE = (".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".go", ".java", ".kt", ".rb", ".php", ".cs")
_SETTINGS = (".ini", ".cfg", ".toml", ".yml", ".yaml", ".properties", ".prisma", ".json")
_LISTS = re.compile(
    r"^(?:requirements[\w.-]*\.(?:txt|in)|reqs\.txt|deps\.txt|pyproject\.toml|Pipfile|setup\.(?:py|cfg)"
    r"|environment\.ya?ml|package\.json|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|Gemfile"
    r"|composer\.json)$",
    re.IGNORECASE,
)
_LOCKS = re.compile(r"(?:^|[-.])lock\b|npm-shrinkwrap|\.min\.")
_ENVIRONMENT = re.compile(r"^\.?(?:[\w-]+\.)?env(?:\.[\w.-]+)?$", re.IGNORECASE)
_ASIDE = re.compile(
    r"(^|/)(tests?|__tests__|spec|e2e|docs?|examples?|client|frontend|public|static|dist|\.github)/"
    r"|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$|\.(?:test|spec)\.\w+$"
)
COMPOSE = re.compile(r"^(?:docker-)?compose[\w.-]*\.ya?ml$", re.IGNORECASE)
_COMMENT = re.compile(r"^[ \t]*(?:#|//|\*|;).*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Text:
    """One file: its path and what it says, without whole lines of comment."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The files of a project by what they are.

    Attributes:
        lists: Of dependencies.
        code: Programs.
        settings: Other files that are read by programs.
        environment: ``.env`` files: those that count first come first.
        compose: Compose files.
    """

    lists: tuple[Text, ...]
    code: tuple[Text, ...]
    settings: tuple[Text, ...]
    environment: tuple[Text, ...]
    compose: tuple[Text, ...]

    def everything(self) -> Iterator[Text]:
        """All of them, those first in which a learner says how the app is set up."""
        yield from (*self.environment, *self.compose, *self.settings, *self.code)


def read_texts(folder: Folder) -> Texts:
    """Read what there is up to :data:`MOST_FILES` and :data:`MOST_CHARS`, the uppermost first."""
    found: dict[str, list[Text]] = {name: [] for name in Texts.__slots__}
    wanted = [(path, kind) for path in folder.files if (kind := _kind(path))]
    wanted.sort(key=lambda row: (_ORDER.index(row[1]), row[0].count("/"), row[0]))
    left = MOST_CHARS
    for path, kind in wanted[:MOST_FILES]:
        text = folder.lines(path, min(TEXT_LIMIT, left))
        left -= len(text)
        if text.strip():
            plain = text if path.endswith(".json") else _COMMENT.sub("", text)
            found[kind].append(Text(path, plain))
    found["environment"].sort(key=lambda one: _rank(basename(one.path)))
    return Texts(**{name: tuple(rows) for name, rows in found.items()})


def _kind(path: str) -> str:
    name = basename(path)
    if _ASIDE.search(path) or _LOCKS.search(name):
        return ""
    if _LISTS.match(name):
        return "lists"
    if COMPOSE.match(name):
        return "compose"
    if _ENVIRONMENT.match(name):
        return "environment"
    if name.endswith(_CODE):
        return "code"
    return "settings" if name.endswith(_SETTINGS) else ""


def _rank(name: str) -> int:
    """``.env`` is what the app reads; others say what it could be."""
    if name == ".env":
        return 0
    return 1 if re.search(r"example|sample|template|dist", name) else 2
