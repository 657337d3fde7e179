"""Turns the chosen candidate into commands: what prepares the app once, what starts it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import dirname

from worker.builds.folder import Folder
from worker.builds.plan import PORT
from worker.builds.python.candidates import Candidate
from worker.builds.python.frameworks import DJANGO
from worker.builds.python.layout import ABOVE, Layout
from worker.builds.python.requirements import Requirements

# Every address of the container, which no network reaches.
ANY = "0.0.0.0"  # noqa: S104
_PREPARES = re.compile(
    r"^(init|create|setup|migrate|upgrade)[-_]?(db|database|tables?|all|schema)$"
    r"|^(db|database)[-_]?(init|create|setup)$"
)


@dataclass(frozen=True, slots=True)
class Commands:
    """How an app is started.

    Attributes:
        start: The command, as words.
        line: The same as a shell line, where a learner wrote it so.
        folder: Where it runs, relative to the project.
        prepare: Shell commands to run once before.
        needs: Distributions that the start command needs.
        port: Where the app will listen, as far as the command tells.
        notes: Why commands were added, in sentences.
    """

    start: tuple[str, ...] = ()
    line: str = ""
    folder: str = ""
    prepare: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    port: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The command as the report shows it."""
        return self.line or " ".join(self.start)


def commands(
    chosen: Candidate, layout: Layout, wanted: Requirements, readme_folders: Sequence[str]
) -> Commands:
    """The commands for a candidate.

    A script that does more than serve when it is run is run as it is, because the rest (creating
    tables, loading data) belongs to it. One that only serves is given to its server directly,
    which needs no second process that watches the files.

    Args:
        chosen: What is started.
        layout: The project's modules.
        wanted: What is installed.
        readme_folders: Folders that the README changes into before it starts the app.
    """
    if chosen.framework is DJANGO:
        return _django(layout.folder, wanted)
    folder = _folder(chosen, layout, readme_folders)
    prepare, notes = _prepare(chosen, layout, wanted)
    target = _target(chosen)
    served = _served(chosen, target, folder, wanted) if target else None
    if served:
        start, needs = served
        return Commands(start, "", folder, prepare, needs, PORT, notes)
    start = _script(chosen, folder)
    return Commands(start, "", folder, prepare, (), chosen.module.port, notes)


def _target(chosen: Candidate) -> str:
    """The import string for a server; empty if the module has to be run as a script."""
    module, app = chosen.module, chosen.app
    if app and not (module.serves and not module.main_only_serves):
        return f"{chosen.dotted}:{app.name}"
    if not app and ":" in module.served and module.main_only_serves:
        # A launcher: uvicorn.run("app.main:app").
        return module.served
    return ""


def _served(
    chosen: Candidate, target: str, folder: str, wanted: Requirements
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The server's command line and what it needs; None if only the app can serve itself."""
    factory = chosen.app is not None and chosen.app.factory
    search = _relative(chosen.root, folder)
    framework = chosen.framework
    if framework.interface == "asgi":
        if "hypercorn" in wanted.names and "uvicorn" not in wanted.names and not factory:
            return ("hypercorn", target, "--bind", f"{ANY}:{PORT}"), ()
        words = ["uvicorn", target, "--host", ANY, "--port", str(PORT)]
        words += ["--factory"] if factory else []
        words += ["--app-dir", search] if search else []
        return tuple(words), ("uvicorn",)
    if framework.title == "Flask" and "gunicorn" not in wanted.names:
        port = str(PORT)
        return ("flask", "--app", target, "run", "--host", ANY, "--port", port, "--no-debug"), ()
    if framework.interface == "wsgi":
        call = f"{target}()" if factory else target
        # One process: many learners keep their data in variables.
        words = ["gunicorn", call, "--bind", f"{ANY}:{PORT}", "--threads", "8"]
        words += ["--pythonpath", search] if search else []
        return tuple(words), ("gunicorn",)
    if chosen.module.serves:
        return None
    if framework.title == "Sanic":
        return ("sanic", target, "--host", ANY, "--port", str(PORT), "--single-process"), ()
    worker = "aiohttp.GunicornWebWorker"
    return ("gunicorn", target, "--bind", f"{ANY}:{PORT}", "--worker-class", worker), ("gunicorn",)


def _script(chosen: Candidate, folder: str) -> tuple[str, ...]:
    """Run the module with Python: by its file, or by name where its imports need that."""
    path = chosen.module.path
    if chosen.root != dirname(path):
        return ("python", "-m", chosen.dotted.removesuffix(".__main__"))
    return ("python", _relative(path, folder))


def _folder(chosen: Candidate, layout: Layout, readme_folders: Sequence[str]) -> str:
    """Where to run: the project's folder, unless the app's own files are only found from its own.

    ``sqlite3.connect("blog.db")`` and ``open("data.json")`` depend on it.
    """
    root = chosen.root
    if root == ABOVE:
        return ""
    if not root or root in readme_folders:
        return root
    modules = layout.reachable(chosen.module.path, root)
    strings = {text.removeprefix("./") for path in modules for text in layout.modules[path].strings}
    names = {text for text in strings if "." in text or "/" in text}
    from_top = sum(layout.folder.has(name) for name in names)
    from_root = sum(layout.folder.has(f"{root}/{name}") for name in names)
    return root if from_root > from_top else ""


def _relative(path: str, folder: str) -> str:
    """A path as seen from a folder above it; empty if it is that folder."""
    if path == folder:
        return ""
    return path[len(folder) + 1 :] if folder else path


def _prepare(
    chosen: Candidate, layout: Layout, wanted: Requirements
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Commands of the app's own that have to run once before it can answer, and notes on them."""
    target = f"{chosen.dotted}:{chosen.app.name}" if chosen.app else chosen.dotted
    flask = f"flask --app {shlex.quote(target)}"
    if chosen.framework.title == "Flask":
        modules = sorted(layout.reachable(chosen.module.path, chosen.root))
        known = [name for path in modules for name in layout.modules[path].commands]
        found = next((name for name in known if _PREPARES.match(name)), None)
        if found and not _has_data(layout.folder):
            said = f"`flask {found}` was run before the first start: the app has that command"
            return (f"{flask} {found}",), (said,)
        if layout.folder.has("migrations/env.py") and "flask-migrate" in wanted.names:
            return (f"{flask} db upgrade",), ("`flask db upgrade` was run before the first start",)
    if layout.folder.has("alembic.ini") and "alembic" in wanted.names:
        return ("alembic upgrade head",), ("`alembic upgrade head` was run before the first start",)
    return (), ()


def _has_data(folder: Folder) -> bool:
    """A database is committed; a command that makes one would empty it."""
    return any(path.endswith((".db", ".sqlite", ".sqlite3")) for path in folder.files)


def _django(folder: Folder, wanted: Requirements) -> Commands:
    prepare = ("python manage.py migrate --noinput",)
    notes = ("`python manage.py migrate` was run before the first start",)
    wsgi = next((path for path in folder.files if path.endswith("/wsgi.py")), None)
    if wsgi and "gunicorn" in wanted.names:
        target = wsgi.removesuffix(".py").replace("/", ".") + ":application"
        start: tuple[str, ...] = ("gunicorn", target, "--bind", f"{ANY}:{PORT}", "--threads", "8")
    else:
        # Without --noreload a second process watches the files.
        start = ("python", "manage.py", "runserver", f"{ANY}:{PORT}", "--noreload")
    return Commands(start, "", "", prepare, (), PORT, notes)
