"""Reading an answer in the app's own dialect before it is held against the document.

The contract harness is where exact conformance earns points; but what the tolerances of every
project and its own Dialect allow must cost nothing there either. So an answer is first translated
into the words of the document, and each translation that was needed is told once:

=======================================  ==========================================================
the app                                  is read as
=======================================  ==========================================================
refuses with 422 or 400                  the one of the two that is documented
creates with 200 or 201                  the one of the two that is documented
deletes with 200 or 202                  204, where that is documented
refuses a malformed id with 400 or 422   404, where neither is documented
401 and 403; 409 and 415 as 400 or 422   the documented one
an envelope, other names of fields       the bare resource with the document's names
times without an offset                  the same times in UTC
=======================================  ==========================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harnesses.kit.contract.document import Document, Operation
from harnesses.kit.dialect import Reading, fold
from harnesses.kit.json_body import NotJson, read_json

MAX_ITEMS = 60
"""Of a longer list so many are judged, from both ends: time and memory must not grow with it."""


@dataclass(frozen=True)
class View:
    """An answer as the document would put it.

    ``oddity`` says what makes the body unreadable, where something does; then there is none here,
    so that nobody else stumbles over it.
    """

    status: int
    body: bytes
    oddity: str = ""


class Lens:
    """Translates answers.

    Args:
        document: What is documented.
        reading: The dialect, and where translations are told.
    """

    def __init__(self, document: Document, reading: Reading) -> None:
        self._document = document
        self.reading = reading
        self._told: set[tuple[int, int]] = set()

    def view(
        self, operation: Operation, status: int, headers: Mapping[str, str], body: bytes
    ) -> View:
        """Translate one answer."""
        seen = self._status(operation, status)
        if not body or "json" not in headers.get("content-type", "").lower():
            return View(seen, body)
        try:
            value = read_json(body)
        except NotJson as oddity:
            return View(seen, b"", str(oddity))
        translated = self._value(operation, seen, value)
        if translated is value:
            return View(seen, body)
        return View(seen, json.dumps(translated).encode())

    # -- status -----------------------------------------------------------------------------------

    def _status(self, operation: Operation, status: int) -> int:
        document = self._document
        if document.response(operation, status) is not None:
            return status
        documented = document.responses(operation)
        for other in _equals(operation, status, documented):
            if str(other) in documented:
                self._say_once(operation, status, other)
                return other
        return status

    def _say_once(self, operation: Operation, status: int, other: int) -> None:
        if (status, other) not in self._told:
            self._told.add((status, other))
            self.reading.say(
                f"Your app answers {status} where the contract says {other},"
                f" for example {operation.label}"
            )

    # -- body -------------------------------------------------------------------------------------

    def _value(self, operation: Operation, status: int, value: Any) -> Any:
        if not 200 <= status < 300:
            return value
        schema = self._document.answer_schema(operation, status)
        if schema is None:
            return value
        shape = self._document.shape(schema)
        if shape == "object":
            return self._resource(schema, value)
        if shape == "array":
            return self._list(schema, value)
        return value

    def _resource(self, schema: Mapping[str, Any], value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        bare = self._named(schema, value)
        if not self._document.required(schema) <= bare.keys():
            around = self._without_own(schema, value)
            inner = self.reading.unwrap(around)
            if isinstance(inner, list) and len(inner) == 1:
                inner = inner[0]
            if inner is not around and isinstance(inner, dict):
                bare = self._named(schema, inner)
        return self._with_lists(schema, self._with_offsets(schema, bare))

    def _without_own(self, schema: Mapping[str, Any], value: dict[str, Any]) -> dict[str, Any]:
        """Without the lists that belong to the resource: those are no envelope around it."""
        own = self._document.properties(schema)
        return {
            name: inner
            for name, inner in value.items()
            if not (isinstance(inner, list) and name in own)
        }

    def _with_lists(self, schema: Mapping[str, Any], record: dict[str, Any]) -> dict[str, Any]:
        """The record with the items of its lists translated as well, as in a page of a list."""
        lists = {
            name: self._list(described, record[name])
            for name, described in self._document.properties(schema).items()
            if isinstance(record.get(name), list)
            and self._document.shape(described.get("items") or {}) == "object"
        }
        return {**record, **lists} if lists else record

    def _named(self, schema: Mapping[str, Any], record: dict[str, Any]) -> dict[str, Any]:
        """The record with the document's names, where it lacks some of them."""
        wanted = self._document.properties(schema).keys()
        if wanted <= record.keys():
            return record
        found = self.reading.canonical(record)
        others = {fold(name): name for name in found if name not in wanted}
        for name in wanted - found.keys():
            other = others.get(fold(name))
            if other is not None:
                found[name] = found.pop(other)
                self.reading.say(f"“{other}” in your answers was read as “{name}”")
        return found

    def _list(self, schema: Mapping[str, Any], value: Any) -> Any:
        items = self.reading.unwrap_list(value)
        if not isinstance(items, list):
            return value
        if len(items) > MAX_ITEMS:
            items = items[: MAX_ITEMS // 2] + items[-MAX_ITEMS // 2 :]
        item_schema = self._document.resolve(schema.get("items") or {})
        if self._document.shape(item_schema) != "object":
            return items
        return [self._item(item_schema, item) for item in items]

    def _item(self, schema: Mapping[str, Any], item: Any) -> Any:
        if not isinstance(item, dict):
            return item
        return self._with_offsets(schema, self._named(schema, item))

    def _with_offsets(self, schema: Mapping[str, Any], record: dict[str, Any]) -> dict[str, Any]:
        """Date-times as RFC 3339 has them, which ``format: date-time`` means (3.1: 7.3.1)."""
        changed = {
            name: text
            for name, described in self._document.properties(schema).items()
            if described.get("format") == "date-time"
            and (text := _rfc3339(record.get(name))) is not None
        }
        if changed:
            self.reading.say("Your times have no offset; they were read as UTC")
            return {**record, **changed}
        return record


def _equals(operation: Operation, status: int, documented: Mapping[str, Any]) -> tuple[int, ...]:
    """Statuses that mean the same for this operation, the likeliest first."""
    if status in (400, 422):
        others: tuple[int, ...] = (422 if status == 400 else 400, 409)
        malformed_id = operation.has_path_parameters and "400" not in documented
        return (*others, 404) if malformed_id else others
    if status in (200, 201) and operation.method == "POST":
        return (201 if status == 200 else 200,)
    if status in (200, 202) and operation.method == "DELETE":
        return (204,)
    return {401: (403,), 403: (401,), 409: (400, 422), 415: (400, 422)}.get(status, ())


def _rfc3339(value: Any) -> str | None:
    """A date-time without offset with one; None where nothing has to change."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is not None and "T" in value.upper():
        return None
    return moment.isoformat() + ("" if moment.tzinfo else "Z")
