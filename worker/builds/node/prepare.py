"""Commands that lay a Node.js project's tables out, to be run before it starts."""

from __future__ import annotations

import re

from worker.builds.folder import Folder
from worker.builds.node.package import Package

# Names that projects give their scripts, the first one there is run of each row.
_MIGRATES = (
    "migrate:deploy", "db:migrate:deploy", "db:migrate", "migrate", "migrate:up", "migrate:latest",
    "migration:run", "migrations:run", "db:push", "db:init", "init-db", "db:setup",
)  # fmt: skip
_SEEDS = ("db:seed", "seed", "seed:run", "db:seed:all")
# A tool, the file that sets it up, and its own command.
_TOOLS = (
    ("prisma", re.compile(r"(?:^|/)schema\.prisma$"), ""),
    ("knex", re.compile(r"(?:^|/)knexfile\.[cm]?[jt]s$"), "knex migrate:latest"),
    ("sequelize-cli", re.compile(r"(?:^|/)migrations/.*\.[cm]?js$"), "sequelize-cli db:migrate"),
    ("node-pg-migrate", re.compile(r"(?:^|/)migrations/"), "node-pg-migrate up"),
    ("drizzle-kit", re.compile(r"(?:^|/)drizzle\.config\."), "drizzle-kit migrate"),
)
# Waits for somebody to type, or empties what is there.
_INTERACTIVE = re.compile(r"\bprisma migrate dev\b|\breset\b|--force-reset|\bstudio\b")


def preparations(folder: Folder, package: Package, start: str) -> tuple[str, ...]:
    """Shell commands, in their order; empty where the start command or the code sees to it.

    Args:
        folder: The project.
        package: Its ``package.json``.
        start: The command that it is started with.
    """
    before = " ".join(
        (start, package.scripts.get("start", ""), package.scripts.get("prestart", ""))
    )
    if re.search(r"migrat|db:push|db push|db:init", before):
        return ()
    migrate = _script(package, _MIGRATES) or _tool(folder, package)
    if not migrate:
        return ()
    seed = _script(package, _SEEDS)
    return (migrate, seed) if seed else (migrate,)


def _script(package: Package, names: tuple[str, ...]) -> str:
    for name in names:
        line = package.scripts.get(name, "")
        if line and not _INTERACTIVE.search(line):
            return f"npm run --silent {name}"
    return ""


def _tool(folder: Folder, package: Package) -> str:
    listed = {*package.dependencies, *package.development}
    for tool, mark, command in _TOOLS:
        if tool in listed and any(mark.search(path) for path in folder.files):
            return command or _prisma(folder)
    return ""


def _prisma(folder: Folder) -> str:
    """Where no migrations are committed the tables are made from the schema."""
    committed = any("prisma/migrations/" in f"/{path}" for path in folder.files)
    return "prisma migrate deploy" if committed else "prisma db push --skip-generate"
