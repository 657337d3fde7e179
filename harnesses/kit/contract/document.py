"""An OpenAPI document as plain data: which operations there are and what their answers look like.

Only what the harness itself needs; generating and checking is left to Schemathesis.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import yaml
from schemathesis.core.deserialization import deserialize_yaml

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
OPEN = "x-grader-open"
"""Names, beside a schema's keywords, those that the brief leaves open: breaking them is allowed."""

Shape = Literal["object", "array", "other"]


class DocumentMistake(Exception):  # noqa: N818 - says what it is
    """The author of the document must change something; the text says what."""


@dataclass(frozen=True)
class Operation:
    """One method on one path.

    Args:
        label: As Schemathesis and reports call it: ``GET /posts/{id}``.
        definition: The operation object, references inside it unresolved.
        shared: Parameters that the path gives to all its methods.
    """

    label: str
    path: str
    method: str
    definition: Mapping[str, Any] = field(repr=False)
    shared: tuple[Any, ...] = field(default=(), repr=False)

    @property
    def has_path_parameters(self) -> bool:
        return "{" in self.path


class Document:
    """A document that was read.

    Args:
        raw: The parsed YAML.

    Raises:
        DocumentMistake: If it refers to something outside itself, which is never fetched.
    """

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        for where, reference in references(raw):
            if not reference.startswith("#/"):
                raise DocumentMistake(
                    f"{where} refers to {reference!r}: only references inside the document"
                    " (#/components/…) are followed, nothing is ever fetched"
                )

    @classmethod
    def parse(cls, text: str) -> Document:
        """Read YAML or JSON.

        Raises:
            DocumentMistake: If it is neither, or no mapping.
        """
        try:
            raw = deserialize_yaml(text)
        except yaml.YAMLError as error:
            raise DocumentMistake(f"this is no YAML: {' '.join(str(error).split())}") from error
        if not isinstance(raw, dict):
            raise DocumentMistake("an OpenAPI document is a mapping with `openapi:` and `paths:`")
        return cls(raw)

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """By label, in the order of the document."""
        found: dict[str, Operation] = {}
        for path, reference in (self.raw.get("paths") or {}).items():
            item = self.resolve(reference)
            shared = tuple(item.get("parameters") or ())
            for method, definition in item.items():
                if method in METHODS and isinstance(definition, dict):
                    label = f"{method.upper()} {path}"
                    found[label] = Operation(label, path, method.upper(), definition, shared)
        return found

    def parameters(self, operation: Operation) -> list[dict[str, Any]]:
        """The parameters of an operation, those of its path included; resolved."""
        own = operation.definition.get("parameters") or ()
        return [self.resolve(parameter) for parameter in (*operation.shared, *own)]

    def is_guarded(self, operation: Operation) -> bool:
        """Whether an operation wants to know who is asking (OpenAPI 3.1, 4.8.10: security)."""
        return bool(operation.definition.get("security", self.raw.get("security")))

    def resolve(self, node: Any) -> Any:
        """What a node refers to, or the node itself.

        Raises:
            DocumentMistake: If there is nothing at the end of the reference.
        """
        for _ in range(50):
            if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
                return node
            node = self._at(node["$ref"])
        raise DocumentMistake(f"{node['$ref']} leads back to itself")

    def _at(self, reference: str) -> Any:
        node: Any = self.raw
        for part in reference.removeprefix("#/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or key not in node:
                raise DocumentMistake(f"{reference} leads nowhere")
            node = node[key]
        return node

    def responses(self, operation: Operation) -> dict[str, dict[str, Any]]:
        """Documented answers by status, such as ``201``, ``4XX`` or ``default``; resolved."""
        responses = operation.definition.get("responses") or {}
        return {str(status).upper(): self.resolve(answer) for status, answer in responses.items()}

    def response(self, operation: Operation, status: int) -> dict[str, Any] | None:
        """The documented answer for a status; None where it is not documented."""
        responses = self.responses(operation)
        for key in (str(status), f"{status // 100}XX", "DEFAULT"):
            if key in responses:
                return responses[key]
        return None

    def answer_schema(self, operation: Operation, status: int) -> dict[str, Any] | None:
        """The schema of the JSON body documented for a status."""
        content = (self.response(operation, status) or {}).get("content") or {}
        for media_type, media in content.items():
            if "json" in media_type:
                schema = self.resolve(self.resolve(media).get("schema"))
                return schema if isinstance(schema, dict) else None
        return None

    def success_schema(self, operation: Operation) -> dict[str, Any] | None:
        """The schema of the JSON body that an operation answers success with."""
        for status in self.responses(operation):
            if status.startswith("2"):
                return self.answer_schema(operation, 200 if status == "2XX" else int(status))
        return None

    def shape(self, schema: Mapping[str, Any]) -> Shape:
        """Whether a schema describes an object or an array."""
        for part in self._parts(schema):
            kind = part.get("type")
            if kind == "object" or "properties" in part:
                return "object"
            if kind == "array" or "items" in part:
                return "array"
        return "other"

    def properties(self, schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The properties of an object schema, those of ``allOf`` included; resolved."""
        return {
            name: self.resolve(value)
            for part in self._parts(schema)
            for name, value in (part.get("properties") or {}).items()
        }

    def required(self, schema: Mapping[str, Any]) -> set[str]:
        """The names that an object must have."""
        return {name for part in self._parts(schema) for name in part.get("required") or ()}

    def _parts(self, schema: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
        resolved = self.resolve(schema)
        if not isinstance(resolved, dict) or depth > 20:
            return
        yield resolved
        for part in resolved.get("allOf") or ():
            yield from self._parts(part, depth + 1)

    def example_body(self, operation: Operation) -> tuple[str, Any] | None:
        """Media type and value of the first example of the operation's request body."""
        body = self.resolve(operation.definition.get("requestBody")) or {}
        for media_type, media in (body.get("content") or {}).items():
            resolved = self.resolve(media)
            if "example" in resolved:
                return media_type, resolved["example"]
            for example in (resolved.get("examples") or {}).values():
                return media_type, self.resolve(example).get("value")
            schema = self.resolve(resolved.get("schema")) or {}
            for key in ("example", "default"):
                if key in schema:
                    return media_type, schema[key]
            for value in schema.get("examples") or ():
                return media_type, value
        return None

    def firm(self) -> dict[str, Any]:
        """The document without what :data:`OPEN` names: what the brief itself asks for."""
        return _without_open(copy.deepcopy(self.raw))  # type: ignore[no-any-return]


def references(node: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every ``$ref`` in a document with the place it stands at, those in examples left out."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("example", "value", "default", "const", "enum"):
                continue
            if key == "$ref" and isinstance(value, str):
                yield where or "/", value
            else:
                yield from references(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from references(value, f"{where}/{index}")


def _without_open(node: Any) -> Any:
    if isinstance(node, dict):
        open_keywords = node.pop(OPEN, ())
        for keyword in open_keywords if isinstance(open_keywords, list) else ():
            node.pop(keyword, None)
        for value in node.values():
            _without_open(value)
    elif isinstance(node, list):
        for value in node:
            _without_open(value)
    return node
