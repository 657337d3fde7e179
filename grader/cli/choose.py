"""Which project a submission is for, where the learner did not say."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path

from grader.catalog import slugs
from grader.errors import UsageError
from grader.settings import Settings


def choose_project(said: str, source: str, path: str, settings: Settings) -> str:
    """The slug that was said, or the one in the ``grader.toml`` of a local folder.

    Raises:
        UsageError: If neither names a project of the catalogue.
    """
    known = slugs(settings.specs_dir)
    slug = said or _from_folder(Path(source) / path)
    if not slug:
        raise UsageError("usage.project_missing", known=", ".join(known))
    if slug not in known:
        close = difflib.get_close_matches(slug.replace("-", "_"), known, 1)
        meant = f"did you mean {close[0]}? " if close else ""
        raise UsageError("usage.project_unknown", wanted=slug, meant=meant, known=", ".join(known))
    return slug


def _from_folder(folder: Path) -> str:
    try:
        manifest = tomllib.loads((folder / "grader.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(manifest.get("project", ""))
