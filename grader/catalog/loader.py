"""Reading a project's spec: ``project.toml``, ``brief.md`` and, for HTTP APIs, ``openapi.yaml``.

Mistakes are told to the spec's author by file and key, with the name that was probably meant.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.domain.project import Project
from grader.errors import AuthorError, UsageError

PROJECT_FILE = "project.toml"
BRIEF_FILE = "brief.md"
OPENAPI_FILE = "openapi.yaml"
# Fields of Project that have a file of their own or are computed, so no key of project.toml.
NOT_KEYS = frozenset({"brief", "openapi", "digest"})


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
        raise UsageError("catalog.unknown_project", slug=slug, advice=_advice(slug, known))
    folder = specs_dir / slug
    keys = _read_toml(folder / PROJECT_FILE)
    _refuse_unknown_keys(Project, keys, folder / PROJECT_FILE)
    openapi = _read_openapi(folder / OPENAPI_FILE, needed="contract" in keys)
    try:
        project = Project.model_validate(
            {
                **keys,
                "brief": _read(folder / BRIEF_FILE),
                "openapi": openapi,
                "digest": digest(folder),
            }
        )
    except ValidationError as error:
        raise _invalid(error, folder / PROJECT_FILE) from error
    if project.slug != slug:
        raise AuthorError(
            "catalog.slug_differs", file=_name(folder / PROJECT_FILE), slug=project.slug, name=slug
        )
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


# -- reading ------------------------------------------------------------------------------------


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise AuthorError("catalog.file_missing", file=_name(file)) from error
    except UnicodeDecodeError as error:
        raise AuthorError("catalog.not_utf8", file=_name(file), at=error.start) from error


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_read(file))
    except tomllib.TOMLDecodeError as error:
        raise AuthorError("catalog.not_toml", file=_name(file), cause=error) from error


def _read_openapi(file: Path, *, needed: bool) -> str | None:
    """The document as text; None for a project without one."""
    if not needed and not file.exists():
        return None
    text = _read(file)
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise AuthorError("catalog.not_yaml", file=_name(file), cause=_one_line(error)) from error
    if not isinstance(document, dict) or not document.get("paths"):
        raise AuthorError("catalog.not_openapi", file=_name(file))
    return text


def _name(file: Path) -> str:
    """A file as its author calls it: ``specs/todo_list_api/project.toml``."""
    return "/".join(file.parts[-3:])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


# -- mistakes -----------------------------------------------------------------------------------


def _refuse_unknown_keys(model: type[BaseModel], keys: dict[str, Any], file: Path) -> None:
    for path, known in _unknown_keys(model, keys):
        name = path.rpartition(".")[2]
        raise AuthorError(
            "catalog.unknown_key", file=_name(file), key=path, advice=_advice(name, known)
        )


def _unknown_keys(
    model: type[BaseModel], keys: dict[str, Any], prefix: str = ""
) -> Iterator[tuple[str, list[str]]]:
    """Keys that the model does not have, as dotted paths, each with the names it does have."""
    fields = model.model_fields
    known = [name for name in fields if model is not Project or name not in NOT_KEYS]
    for name, value in keys.items():
        if name not in known:
            yield prefix + name, known
            continue
        inner = _model_inside(fields[name].annotation)
        if inner is None:
            continue
        if isinstance(value, dict):
            yield from _unknown_keys(inner, value, f"{prefix}{name}.")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield from _unknown_keys(inner, item, f"{prefix}{_nth(name, index, item)}.")


def _model_inside(annotation: Any) -> type[BaseModel] | None:
    """The model in ``Model``, ``Model | None`` or ``tuple[Model, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for part in get_args(annotation) if (m := _model_inside(part))), None)


def _nth(name: str, index: int, item: dict[str, Any]) -> str:
    """An item of an array of tables: by its id where it has one, else by its place from 1."""
    return f"{name}[{item.get('id') or item.get('criterion') or index + 1}]"


def _advice(name: str, known: Collection[str]) -> str:
    """The name that was probably meant, or all that there are."""
    close = difflib.get_close_matches(name, known, 1)
    return f"did you mean `{close[0]}`?" if close else f"there is: {', '.join(known) or 'none'}"


def _invalid(error: ValidationError, file: Path) -> AuthorError:
    """The mistakes that the schema found, the first as title and all below it."""
    lines = [_line(detail) for detail in error.errors(include_url=False)]
    return AuthorError("catalog.invalid", log="\n".join(lines), file=_name(file), problem=lines[0])


def _line(detail: ErrorDetails) -> str:
    """One mistake: ``rubric.criteria[2].points: Input should be a valid integer (it is 'x')``."""
    where = ""
    for part in detail["loc"]:
        where += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    words = detail["msg"].removeprefix("Value error, ")
    given = detail["input"]
    shown = f" (it is {given!r})" if isinstance(given, str | int | float) else ""
    return f"{where.lstrip('.') or 'the project'}: {words}{shown}"
