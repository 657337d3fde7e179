"""Turns the chosen candidate into commands: what prepares the app once, what starts it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import dirname

from worker.builds.folder import Folder
from worker.builds.plan import PORT
from worker.builds.python.candidates import Candidate
from worker.builds.python.frameworks import DJANGO
from worker.builds.python.layout import Layout
from worker.builds.python.requirements import Requirements

_PREPARES = re.compile(
    r"^(init|create|setup|migrate|upgrade)[-_]?(db|database|tables?|all|schema)$|^(db|database)[-_]?(init|create|setup)$|^initdb$"
)


# Every address of the container, which no network reaches.
ANY = "0.0.0.0"  # noqa: S104


@dataclass(frozen=True, slots=True)
class Commands:
    """How an app is started.

    Attributes:
        start: The command, as words.
        folder: Where it runs, relative to the project.
        prepare: Shell commands to run once before.
        needs: Distributions that the start command needs.
        port: Where the app will listen, as far as the command tells.
        notes: Why commands were added, in sentences.
    """

    start: tuple[str, ...]
    folder: str = ""
    prepare: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    port: int | None = None
    notes: tuple[str, ...] = ()


def commands(
    chosen: Candidate, layout: Layout, wanted: Requirements, hints_folders: tuple[str, ...]
) -> Commands:
    """The commands for a candidate.

    A script whose ``__main__`` block does more than serve is run as it is, because the rest of the
    block (creating tables, loading data) belongs to it.
    """
    if chosen.framework is DJANGO:
        return _django(layout.folder, wanted)
    folder = _folder(chosen, layout, hints_folders)
    prepare, notes = _prepare(chosen, layout, wanted)
    if chosen.script and (
        chosen.framework.interface == "own" or not chosen.module.main_only_serves
    ):
        start: tuple[str, ...] = _script(chosen, folder)
        needs: tuple[str, ...] = ()
        port = chosen.module.port
    else:
        start, needs = _served(chosen, folder, wanted)
        port = PORT
    return Commands(start, folder, prepare, needs, port, notes)


def _served(
    chosen: Candidate, folder: str, wanted: Requirements
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The server's command line for an app object or factory."""
    target, factory = _target(chosen)
    search = _relative(chosen.root, folder)
    if chosen.framework.interface == "asgi":
        server = next((s for s in ("uvicorn", "hypercorn") if s in wanted.names), "uvicorn")
        if server == "hypercorn" and not factory:
            path = () if search == "." else ("--root-path", "")
            return ("hypercorn", target, "--bind", f"{ANY}:{PORT}", *path), ()
        words = ["uvicorn", target, "--host", ANY, "--port", str(PORT)]
        words += ["--factory"] if factory else []
        words += ["--app-dir", search] if search != "." else []
        return tuple(words), ("uvicorn",)
    if "gunicorn" in wanted.names or chosen.framework.title != "Flask":
        call = f"{target}()" if factory else target
        # One process: many learners keep their data in variables.
        words = ["gunicorn", call, "--bind", f"{ANY}:{PORT}", "--threads", "8"]
        words += ["--pythonpath", search] if search != "." else []
        return tuple(words), ("gunicorn",)
    return (
        "flask", "--app", target, "run", "--host", ANY, "--port", str(PORT), "--no-debug",
    ), ()  # fmt: skip


def _target(chosen: Candidate) -> tuple[str, bool]:
    """The import string and whether it names a factory."""
    app = chosen.app
    if app is None:
        # A launcher: uvicorn.run("app.main:app").
        return chosen.module.served or f"{chosen.dotted}:app", False
    return f"{chosen.dotted}:{app.name}", app.factory


def _script(chosen: Candidate, folder: str) -> tuple[str, ...]:
    path = chosen.module.path
    own = dirname(path)
    if chosen.root != own:
        return ("python", "-m", chosen.dotted.removesuffix(".__main__"))
    return ("python", path[len(folder) + 1 :] if folder else path)


def _folder(chosen: Candidate, layout: Layout, hints_folders: tuple[str, ...]) -> str:
    """Where to run: the project's folder, unless the app's own files are only found from its own.

    ``sqlite3.connect("blog.db")`` and ``open("data.json")`` depend on it.
    """
    root = chosen.root
    if not root:
        return ""
    if root in hints_folders:
        return root
    modules = layout.reachable(chosen.module.path, root)
    strings = {text.removeprefix("./") for path in modules for text in layout.modules[path].strings}
    names = {text for text in strings if "." in text or "/" in text}
    from_top = sum(layout.folder.has(name) for name in names)
    from_root = sum(layout.folder.has(f"{root}/{name}") for name in names)
    return root if from_root > from_top else ""


def _relative(root: str, folder: str) -> str:
    if root == folder:
        return "."
    return root[len(folder) + 1 :] if folder else root


def _prepare(
    chosen: Candidate, layout: Layout, wanted: Requirements
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Commands of the app's own that have to run once before it can answer."""
    target, _ = _target(chosen)
    flask = f"flask --app {target}"
    modules = layout.reachable(chosen.module.path, chosen.root)
    if chosen.framework.title == "Flask":
        known = [name for path in sorted(modules) for name in layout.modules[path].commands]
        found = next((name for name in known if _PREPARES.match(name)), None)
        if found and not _has_data(layout.folder):
            return (f"{flask} {found}",), (
                f"`flask {found}` was run first: the app has that command",
            )
        if layout.folder.has("migrations/env.py") and "flask-migrate" in wanted.names:
            return (f"{flask} db upgrade",), ("`flask db upgrade` was run first",)
    if layout.folder.has("alembic.ini") and "alembic" in wanted.names:
        return ("alembic upgrade head",), ("`alembic upgrade head` was run first",)
    return (), ()


def _has_data(folder: Folder) -> bool:
    """A database is committed; a command that makes one would empty it."""
    return any(path.endswith((".db", ".sqlite", ".sqlite3")) for path in folder.files)


def _django(folder: Folder, wanted: Requirements) -> Commands:
    prepare = ("python manage.py migrate --noinput",)
    notes = ("`python manage.py migrate` was run first",)
    settings = next((p for p in folder.files if p.endswith("/wsgi.py")), None)
    if settings and "gunicorn" in wanted.names:
        target = settings.removesuffix(".py").replace("/", ".") + ":application"
        words = ("gunicorn", target, "--bind", f"{ANY}:{PORT}", "--threads", "8")
        return Commands(words, "", prepare, (), PORT, notes)
    # Without --noreload a second process watches the files.
    start = ("python", "manage.py", "runserver", f"{ANY}:{PORT}", "--noreload")
    return Commands(start, "", prepare, (), PORT, notes)
