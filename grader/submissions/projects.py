"""The catalogue, as a service that runs for long needs it: read once, until a file changes."""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path

from grader.catalog import load_project, slugs
from grader.domain.project import Project
from grader.errors import NotFoundError, UsageError


@lru_cache(maxsize=1)
def catalogue(specs: Path) -> tuple[Project, ...]:
    """All projects; a service is started again to read them anew."""
    return tuple(load_project(specs, slug) for slug in slugs(specs))


def known_project(specs: Path, slug: str) -> Project:
    """A project that a submission names.

    Raises:
        UsageError: ``usage.project_unknown``.
    """
    found = {project.slug: project for project in catalogue(specs)}
    if slug not in found:
        close = difflib.get_close_matches(slug, found, 1)
        meant = f"did you mean {close[0]}? " if close else ""
        raise UsageError("usage.project_unknown", wanted=slug, meant=meant, known=", ".join(found))
    return found[slug]


def find_project(specs: Path, slug: str) -> Project:
    """A project that somebody looks for.

    Raises:
        NotFoundError: ``catalog.not_found``.
    """
    for project in catalogue(specs):
        if project.slug == slug:
            return project
    raise NotFoundError("catalog.not_found", wanted=slug)
