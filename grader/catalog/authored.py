"""Files that an author writes, read into models.

Mistakes are told by file and key, with the name that was probably meant.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.errors import AuthorError

Model = TypeVar("Model", bound=BaseModel)


def read_text(file: Path) -> str:
    """The text of a file.

    Raises:
        AuthorError: If it does not exist or is not UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise AuthorError("catalog.file_missing", file=name_of(file)) from error
    except UnicodeDecodeError as error:
        raise AuthorError("catalog.not_utf8", file=name_of(file), at=error.start) from error


def read_toml(file: Path) -> dict[str, Any]:
    """The keys of a TOML file.

    Raises:
        AuthorError: If it cannot be read.
    """
    try:
        return tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise AuthorError("catalog.not_toml", file=name_of(file), cause=error) from error


def fit(
    model: type[Model],
    keys: Mapping[str, Any],
    file: Path,
    *,
    elsewhere: Mapping[str, Any] | None = None,
) -> Model:
    """Turn the keys of a file into a model.

    Args:
        model: What the file describes.
        keys: What the file says.
        file: Where it says so, for the words of an error.
        elsewhere: Fields of the model that come from other places; the file may not name them.

    Raises:
        AuthorError: If a key is unknown or a value does not fit.
    """
    elsewhere = elsewhere or {}
    for path, known in _unknown_keys(model, keys, hidden=elsewhere):
        raise AuthorError(
            "catalog.unknown_key",
            file=name_of(file),
            key=path,
            advice=advice(path.rpartition(".")[2], known),
        )
    try:
        return model.model_validate({**keys, **elsewhere})
    except ValidationError as error:
        lines = [_line(detail) for detail in error.errors(include_url=False)]
        raise AuthorError(
            "catalog.invalid", log="\n".join(lines), file=name_of(file), problem=lines[0]
        ) from error


def advice(name: str, known: Collection[str]) -> str:
    """The name that was probably meant, or all that there are."""
    close = difflib.get_close_matches(name, known, 1)
    return f"did you mean `{close[0]}`?" if close else f"there is: {', '.join(known) or 'nothing'}"


def name_of(file: Path) -> str:
    """A file as its author calls it: ``specs/todo_list_api/project.toml``."""
    return "/".join(file.parts[-3:])


def _unknown_keys(
    model: type[BaseModel],
    keys: Mapping[str, Any],
    prefix: str = "",
    hidden: Collection[str] = (),
) -> Iterator[tuple[str, list[str]]]:
    """Keys that the model does not have, as dotted paths, each with the names it does have."""
    known = [name for name in model.model_fields if name not in hidden]
    for name, value in keys.items():
        if name not in known:
            yield prefix + name, known
            continue
        inner = _model_inside(model.model_fields[name].annotation)
        if inner is None:
            continue
        if isinstance(value, dict):
            yield from _unknown_keys(inner, value, f"{prefix}{name}.")
        elif isinstance(value, list):
            for number, item in enumerate(value, start=1):
                if isinstance(item, dict):
                    called = item.get("id") or item.get("criterion") or number
                    yield from _unknown_keys(inner, item, f"{prefix}{name}[{called}].")


def _model_inside(annotation: Any) -> type[BaseModel] | None:
    """The model in ``Model``, ``Model | None`` or ``tuple[Model, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for part in get_args(annotation) if (m := _model_inside(part))), None)


def _line(detail: ErrorDetails) -> str:
    """One mistake: ``rubric.criteria[2].points: Input should be a valid integer (it is 'x')``."""
    where = ""
    for part in detail["loc"]:
        where += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    words = detail["msg"].removeprefix("Value error, ")
    given = detail["input"]
    shown = f" (it is {given!r})" if isinstance(given, str | int | float) else ""
    return f"{where.lstrip('.')}: {words}{shown}" if where else words
