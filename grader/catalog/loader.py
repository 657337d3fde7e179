"""Reading a project's spec: ``project.toml``, ``brief.md`` and, for HTTP APIs, ``openapi.yaml``."""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

from grader.catalog.authored import advice, fit, name_of, read_text, read_toml
from grader.domain.project import Project
from grader.errors import AuthorError, UsageError

PROJECT_FILE = "project.toml"
BRIEF_FILE = "brief.md"
OPENAPI_FILE = "openapi.yaml"


def slugs(specs_dir: Path) -> tuple[str, ...]:
    """The projects that have a spec, sorted.

    Raises:
        AuthorError: If the folder does not exist.
    """
    if not specs_dir.is_dir():
        raise AuthorError("catalog.no_specs", folder=specs_dir)
    return tuple(sorted(path.parent.name for path in specs_dir.glob(f"*/{PROJECT_FILE}")))


def load_all(specs_dir: Path) -> dict[str, Project]:
    """Every project of the catalogue by slug.

    Raises:
        AuthorError: If the folder does not exist or a spec has a mistake.
    """
    return {slug: load_project(specs_dir, slug) for slug in slugs(specs_dir)}


def load_project(specs_dir: Path, slug: str) -> Project:
    """One project of the catalogue.

    Args:
        specs_dir: The folder that holds a folder for each project.
        slug: Name of the project and of its folder.

    Raises:
        UsageError: If the catalogue has no project of that name.
        AuthorError: If its spec has a mistake; title and hint name file and key.
    """
    known = slugs(specs_dir)
    if slug not in known:
        raise UsageError("catalog.unknown_project", slug=slug, advice=advice(slug, known))
    folder = specs_dir / slug
    file = folder / PROJECT_FILE
    keys = read_toml(file)
    project = fit(
        Project,
        keys,
        file,
        elsewhere={
            "brief": read_text(folder / BRIEF_FILE),
            "openapi": _read_openapi(folder / OPENAPI_FILE, needed="contract" in keys),
            "digest": digest(folder),
        },
    )
    if project.slug != slug:
        raise AuthorError("catalog.slug_differs", file=name_of(file), slug=project.slug, name=slug)
    return project


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of the files of a spec; hidden files do not count."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not path.is_file() or any(part.startswith(".") for part in name.parts):
            continue
        total.update(f"{name.as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _read_openapi(file: Path, *, needed: bool) -> str | None:
    """The document as text; None for a project without one."""
    if not needed and not file.exists():
        return None
    text = read_text(file)
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        cause = " ".join(str(error).split())
        raise AuthorError("catalog.not_yaml", file=name_of(file), cause=cause) from error
    if not isinstance(document, dict) or not document.get("paths"):
        raise AuthorError("catalog.not_openapi", file=name_of(file))
    return text
