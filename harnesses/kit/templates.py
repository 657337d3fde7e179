"""Paths with names in braces, as OpenAPI has them: ``/todos/{id}``."""

from __future__ import annotations

from collections.abc import Sequence


def segments(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def is_name(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


def values_in(template: str, path: str) -> list[str] | None:
    """What a path has in place of the names of a template; None where it does not fit."""
    wanted, given = segments(template), segments(path)
    if len(wanted) != len(given):
        return None
    pairs = list(zip(wanted, given, strict=True))
    if any(not is_name(one) and one != other for one, other in pairs):
        return None
    return [other for one, other in pairs if is_name(one)]


def fill(template: str, values: Sequence[str]) -> str:
    """A template with values for its names, by their order."""
    rest = iter(values)
    parts = [next(rest, part) if is_name(part) else part for part in segments(template)]
    slash = "/" if template.endswith("/") and parts else ""
    return "/" + "/".join(parts) + slash
