"""Which of the readings that the brief allows an app has chosen: found once, then held to.

See :class:`grader.domain.project.Dialect` for what a project allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from grader.domain.project import Dialect, Project
from harnesses.kit.credentials import Ways
from harnesses.kit.http import HttpClient, NoAnswer
from harnesses.kit.templates import fill, values_in

NO_SUCH_ROUTE = (404, 405, 501)


def fold(name: str) -> str:
    """The same for ``createdAt``, ``created_at`` and ``created-at``."""
    return name.replace("_", "").replace("-", "").lower()


class Reading:
    """How this app says things.

    Args:
        dialect: What the project allows.
        assumed: Called once with a sentence for each departure that was found.
    """

    def __init__(self, dialect: Dialect, assumed: Callable[[str], None]) -> None:
        self.dialect = dialect
        self.base_path = ""
        self.ways = Ways()
        self.places: dict[str, str] = {}
        """Path of the brief -> where the app serves it and all below; see kit/places.py."""
        self.operations: dict[tuple[str, str], tuple[str, str]] = {}
        """Method and path of the brief -> those of the app, where its own document says so."""
        self.sent_names: dict[tuple[str, str], dict[str, str]] = {}
        """Method and path of the brief -> field of the brief -> the app's name for it."""
        self.looked_for: dict[str, tuple[str, ...]] = {}
        """Path of the brief that was not found -> the forms that were tried."""
        self._assumed = assumed
        self._said: set[str] = set()
        self._names = {
            fold(alias): canonical
            for canonical, aliases in dialect.aliases.items()
            for alias in (*aliases, canonical)
        }

    def say(self, text: str) -> None:
        """Tell the learner of an assumption, once."""
        if text not in self._said:
            self._said.add(text)
            self._assumed(text)

    def like(self, other: Reading) -> None:
        """Go on with what another reading has found out about the app."""
        self.base_path = other.base_path
        self.ways = other.ways
        self.places = other.places
        self.operations = other.operations
        self.sent_names = other.sent_names
        self.looked_for = other.looked_for

    def locate(self, method: str, path: str) -> tuple[str, str]:
        """The app's own method and path for a request of the brief's.

        Args:
            method: In capitals.
            path: As in the brief, values or names in braces in it; a query is kept.
        """
        bare, mark, query = path.partition("?")
        for (their_method, template), (own_method, own) in self.operations.items():
            values = values_in(template, bare) if their_method == method else None
            if values is not None:
                return own_method, fill(own, values) + mark + query
        for known in sorted(self.places, key=len, reverse=True):
            if bare == known or bare.startswith(known + "/"):
                return method, self.places[known] + path[len(known) :]
        return method, self.base_path + path

    def said(self, method: str, path: str, body: Any) -> Any:
        """A body with the app's own names of fields."""
        bare = path.partition("?")[0]
        for (their_method, template), names in self.sent_names.items():
            if their_method == method and values_in(template, bare) is not None:
                return {names.get(k, k): v for k, v in body.items()} if _is_dict(body) else body
        return body

    def not_found(self, path: str) -> tuple[str, ...]:
        """The forms that were looked for, where nothing serves this path of the brief."""
        for known, forms in self.looked_for.items():
            if path.partition("?")[0] == known or path.startswith(known + "/"):
                return forms
        return ()

    def unwrap(self, value: Any) -> Any:
        """The resource inside an envelope, or the value itself.

        One level only, and only where the envelope's key holds an object or a list. A key that is
        also the name of a field is an envelope only where no other field stands beside it.
        """
        if not isinstance(value, dict):
            return value
        for key in self.dialect.envelopes:
            inner = value.get(key)
            is_field = key in self.dialect.aliases and len(value.keys() & self.dialect.aliases) > 1
            if isinstance(inner, dict | list) and not is_field:
                self.say(f"Your answers wrap the resource in “{key}”; it was read from there")
                return inner
        return value

    def unwrap_list(self, value: Any) -> Any:
        """The list inside an envelope; null and a missing key are an empty list."""
        if isinstance(value, list):
            return value
        if value is None:
            return []
        if not isinstance(value, dict):
            return value
        for key in (*self.dialect.lists, *self.dialect.envelopes):
            if key not in value:
                continue
            inner = value[key]
            if inner is None:
                return []
            if isinstance(inner, list):
                self.say(f"Your lists are wrapped in “{key}”; they were read from there")
                return inner
            if isinstance(inner, dict):
                return self.unwrap_list(inner)
        return value

    def canonical(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The record with the brief's field names; unknown fields stay as they are."""
        found: dict[str, Any] = {}
        for name, value in record.items():
            canonical = self._canonical_name(name)
            if canonical in found and canonical != name:
                continue
            found[canonical] = value
        return found

    def _canonical_name(self, name: str) -> str:
        canonical = self._names.get(fold(name))
        if canonical is None or canonical == name:
            return name
        self.say(f"“{name}” in your answers was read as “{canonical}”")
        return canonical


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def find_base_path(client: HttpClient, project: Project, reading: Reading) -> str:
    """Find the prefix under which the app serves the project's paths.

    An empty JSON object is posted to the first path of the OpenAPI document that takes a body:
    a route that exists refuses it, or takes it, but does not answer that it is not there.
    Documents without such a path are probed with GET.

    Returns:
        The prefix, also left in ``reading.base_path``; empty where none answers.
    """
    method, path = _probe_of(project)
    for base in project.dialect.base_paths:
        for form in (base + path, base + path + "/"):
            if answers(client, method, form):
                reading.base_path = base
                if base:
                    reading.say(f"Your API was found under {base}")
                return base
    return ""


def _probe_of(project: Project) -> tuple[str, str]:
    paths: dict[str, dict[str, Any]] = (yaml.safe_load(project.openapi or "") or {}).get(
        "paths", {}
    )
    plain = {path: item for path, item in paths.items() if "{" not in path}
    for path, item in plain.items():
        if "post" in item:
            return "POST", path
    return "GET", next(iter(plain), "/")


def answers(client: HttpClient, method: str, path: str) -> bool:
    """Whether something serves this: refusing is serving, saying that it is not there is not."""
    try:
        if method == "POST":
            answer = client.request(method, path, json={})
        else:
            answer = client.request(method, path)
    except NoAnswer:
        return False
    return answer.status not in NO_SUCH_ROUTE
