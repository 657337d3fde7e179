"""Where an app serves the paths of the brief, when that is not where the brief has them.

First the prefix, then, in projects whose dialect names other paths, each path by itself: in the
app's own OpenAPI document, and by trying the names that the dialect knows under each prefix. What
was found is told once; what was not, is told by the checks that needed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from grader.domain.project import Dialect, Project
from harnesses.kit.dialect import Reading, answers, find_base_path, fold
from harnesses.kit.http import HttpClient
from harnesses.kit.own_document import OwnOperation, own_operations
from harnesses.kit.templates import is_name, segments

METHODS = ("get", "post", "put", "patch", "delete")
VERBS = {
    "POST": ("add", "create", "new"),
    "GET": ("list", "all", "get"),
    "PUT": ("update", "edit"),
    "DELETE": ("delete", "remove"),
}
ALIKE = {"PUT": ("PUT", "PATCH")}


def find_places(client: HttpClient, project: Project, reading: Reading) -> None:
    """Find out where the app serves the paths of the project, and leave it in ``reading``."""
    find_base_path(client, project, reading)
    if not project.dialect.paths:
        return
    wanted = list(_operations(project))
    lost = {
        path
        for method, path in wanted
        if method in ("GET", "POST") and "{" not in path
        if not answers(client, method, reading.base_path + path)
    }
    if not lost:
        return
    documented = own_operations(client)
    for path in [path for path in project.dialect.paths if path in lost]:
        methods = [method for method, one in wanted if one == path]
        if not _from_document(documented, path, wanted, reading):
            _by_trying(client, methods, path, reading)


def _operations(project: Project) -> Iterator[tuple[str, str]]:
    paths: dict[str, dict[str, Any]] = (yaml.safe_load(project.openapi or "") or {}).get(
        "paths", {}
    )
    for path, item in paths.items():
        yield from ((method.upper(), path) for method in item if method in METHODS)


# -- the app's own document -----------------------------------------------------------------------


def _from_document(
    documented: list[OwnOperation],
    path: str,
    wanted: list[tuple[str, str]],
    reading: Reading,
) -> bool:
    """Take a path, and all below it, from the app's document; says whether it was there."""
    found = False
    for method, template in wanted:
        if template != path and not template.startswith(path + "/"):
            continue
        own = _counterpart(documented, method, template, path, reading.dialect)
        if own is None:
            continue
        found = True
        reading.operations[method, template] = (own.method, own.path)
        names = _own_names(own, reading.dialect)
        if names:
            reading.sent_names[method, template] = names
        reading.say(
            f"“{method} {template}” is “{own.method} {own.path}” in your OpenAPI document"
            + "".join(f", “{name}” is “{other}”" for name, other in names.items())
        )
    return found


def _counterpart(
    documented: list[OwnOperation], method: str, template: str, path: str, dialect: Dialect
) -> OwnOperation | None:
    """The operation that does the same, by its name; by its verb, where one alone has it."""
    count = sum(map(is_name, segments(template)))
    alike = [
        own
        for own in documented
        if own.method in ALIKE.get(method, (method,))
        and sum(map(is_name, segments(own.path))) == count
    ]
    names = {_last(one) for one in (path, *dialect.paths.get(path, ()))}
    verbs = {_singular(verb) for verb in VERBS.get(method, ())}
    exactly = [own for own in alike if _last(own.path) in names]
    among = [own for own in alike if _words(own.path) & names]
    by_verb = [own for own in alike if _words(own.path) & verbs]
    # A verb alone, such as /add, says what is done but not to what.
    for found in (exactly, among, by_verb if len(by_verb) == 1 else []):
        if found:
            return min(found, key=lambda own: (own.method != method, len(own.path)))
    return None


def _last(path: str) -> str:
    """The last part of a path that is no name in braces."""
    parts = [part for part in segments(path) if not is_name(part)]
    return _singular(parts[-1]) if parts else ""


def _words(path: str) -> set[str]:
    """The words of that part: “my” and “todo” of ``/my-todos/{id}``."""
    parts = [part for part in segments(path) if not is_name(part)]
    return {_singular(word) for word in parts[-1].replace("_", "-").split("-")} if parts else set()


def _singular(word: str) -> str:
    return fold(word).removesuffix("s")


def _own_names(own: OwnOperation, dialect: Dialect) -> dict[str, str]:
    """Fields of the brief that the app's document calls otherwise."""
    known = {fold(name): name for name in own.fields}
    return {
        name: known[fold(other)]
        for name, aliases in dialect.aliases.items()
        if fold(name) not in known
        for other in aliases[::-1]
        if fold(other) in known
    }


# -- trying ---------------------------------------------------------------------------------------


def _by_trying(client: HttpClient, methods: list[str], path: str, reading: Reading) -> None:
    method = "POST" if "POST" in methods else methods[0]
    names = (path, *reading.dialect.paths[path])
    bases = dict.fromkeys((reading.base_path, *reading.dialect.base_paths))
    for name in names:
        for base in bases:
            if answers(client, method, base + name):
                reading.places[path] = base + name
                reading.say(f"“{path}” was found as “{base}{name}”")
                return
    reading.looked_for[path] = (*names, *_with_bases(bases))


def _with_bases(bases: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"each below {base}" for base in bases if base)
