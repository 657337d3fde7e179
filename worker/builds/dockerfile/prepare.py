"""Migrations that a learner's own image leaves to somebody: a compose file, or a person."""

from __future__ import annotations

import re

from grader.errors import SubmissionError
from worker.builds.backing.plan import waits_for_database
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.node.package import read_package
from worker.builds.node.prepare import preparations

# What shows that the image, or a script that it starts, sees to it.
_MIGRATES = re.compile(r"alembic|migrat|db upgrade|db:push|db push|create_all|sequelize")


def left_undone(folder: Folder, manifest: Manifest, dockerfile: str) -> tuple[str, ...]:
    """Shell commands that lay the tables out before the image's own command.

    Args:
        folder: The project.
        manifest: What the learner says; a start command of theirs is left alone.
        dockerfile: Its text.

    Returns:
        Nothing unless a database runs beside the app and no script of the image's migrates it.
    """
    scripts = "\n".join(folder.lines(path) for path in folder.with_suffix(".sh"))
    if manifest.start or _MIGRATES.search(dockerfile + scripts):
        return ()
    found = _python(folder) or _node(folder)
    return found if found and waits_for_database(folder, manifest) else ()


def _python(folder: Folder) -> tuple[str, ...]:
    if folder.has("alembic.ini"):
        return ("[ ! -e alembic.ini ] || alembic upgrade head",)
    if folder.has("manage.py"):
        return ("[ ! -e manage.py ] || python manage.py migrate --noinput",)
    if folder.has("migrations/env.py"):
        return ("[ ! -e migrations/env.py ] || flask db upgrade",)
    return ()


def _node(folder: Folder) -> tuple[str, ...]:
    try:
        package = read_package(folder)
    except SubmissionError:  # the image may be of another language, and the file none of its own
        return ()
    return tuple(_by_name(command) for command in preparations(folder, package, ""))


def _by_name(command: str) -> str:
    """A tool's program is found through npx where the image has no PATH to it."""
    return command if command.startswith("npm ") else f"npx --no-install {command}"
