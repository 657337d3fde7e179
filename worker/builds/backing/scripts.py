"""SQL files that have to be run before the app starts, as an official image's start would."""

from __future__ import annotations

import re
from posixpath import basename

from worker.builds.backing.reading import Texts
from worker.builds.folder import Folder

MOST_BYTES = 512 * 1024
_FOLDERS = re.compile(
    r"^(?:(?:src|server|backend|app)/)?(?:(?:sql|db|database|schema|scripts|migrations?|init|initdb|mysql"
    r"|postgres|docker-entrypoint-initdb\.d)/)*[^/]+\.sql$",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"(?i)(?:^|[-_./])(?:down|drop|rollback|undo|test|tests|quer(?:y|ies)|backup)[-_.]"
)
_SCHEMA = re.compile(r"(?i)schema|init|create|tables?|setup|struct")
_SEEDS = re.compile(r"(?i)seed|data|sample|insert|dump|fixture")


def find_scripts(folder: Folder, texts: Texts) -> tuple[str, ...]:
    """Paths of the SQL files to run, in their order.

    Empty where the app brings a tool that makes its tables, or reads one of the files itself.
    """
    found = [path for path in folder.files if _FOLDERS.match(path) and not _ASIDE.search(path)]
    named = "\n".join(one.text for one in texts.code)
    if _has_tool(folder) or any(basename(path) in named for path in found):
        return ()
    return tuple(sorted(found, key=lambda path: (_rank(basename(path)), path)))


def script_of(folder: Folder, paths: tuple[str, ...]) -> bytes:
    """The files as one script; what is beyond :data:`MOST_BYTES` is left out."""
    whole = b"".join(folder.raw(path).rstrip() + b"\n;\n" for path in paths)
    return whole if len(whole) <= MOST_BYTES else b""


def _has_tool(folder: Folder) -> bool:
    """Alembic, Django, Prisma, Knex, Sequelize keep SQL for themselves."""
    marks = ("alembic.ini", "manage.py", ".sequelizerc", "knexfile.js", "knexfile.ts")
    return any(folder.has(mark) for mark in marks) or any(
        path.endswith(".prisma") for path in folder.files
    )


def _rank(name: str) -> int:
    if _SCHEMA.search(name):
        return 0
    return 2 if _SEEDS.search(name) else 1
