"""The OpenAPI document that an app serves of itself, where it serves one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harnesses.kit.http import HttpClient, NoAnswer, path_of
from harnesses.kit.json_body import NotJson, read_json

# FastAPI; flask-smorest and flask-restx; swagger-jsdoc; springdoc; ASP.NET; flasgger.
PLACES = (
    "/openapi.json",
    "/swagger.json",
    "/api/openapi.json",
    "/api/v1/openapi.json",
    "/api-docs.json",
    "/api-docs",
    "/v3/api-docs",
    "/swagger/v1/swagger.json",
    "/apispec_1.json",
)
PAGES = ("/docs", "/api/docs", "/apidocs/", "/swagger")
LINK = re.compile(r"""["'](/[^"'\s<>]{0,200}\.json)["']""")
METHODS = ("get", "post", "put", "patch", "delete")
MAX_OPERATIONS = 500


@dataclass(frozen=True)
class OwnOperation:
    """One operation of the app's own document; ``fields`` are those of its JSON body or form."""

    method: str
    path: str
    fields: tuple[str, ...] = ()


def own_operations(client: HttpClient) -> list[OwnOperation]:
    """What an app says that it serves; nothing where no document is found."""
    for place in PLACES:
        found = _operations_at(client, place)
        if found:
            return found
    for page in PAGES:
        for place in LINK.findall(_text(client, page)):
            found = _operations_at(client, place)
            if found:
                return found
    return []


def _text(client: HttpClient, path: str) -> str:
    try:
        answer = client.request("GET", path)
    except NoAnswer:
        return ""
    return answer.text if answer.status == 200 else ""


def _operations_at(client: HttpClient, place: str) -> list[OwnOperation]:
    text = _text(client, place)
    if not text.lstrip().startswith("{"):
        return []
    try:
        document = read_json(text.encode())
    except NotJson:
        return []
    return list(_operations(document))[:MAX_OPERATIONS]


def _operations(document: Mapping[str, Any]) -> Iterator[OwnOperation]:
    prefix = _prefix(document)
    for path, item in _mapping(document.get("paths")).items():
        for method, operation in _mapping(item).items():
            if method in METHODS and path.startswith("/"):
                fields = tuple(_fields(document, _mapping(operation)))
                yield OwnOperation(method.upper(), prefix + path, fields)


def _prefix(document: Mapping[str, Any]) -> str:
    """OpenAPI 3 has it in the address of the first server, OpenAPI 2 in basePath."""
    base = document.get("basePath")
    servers = document.get("servers")
    if isinstance(servers, list) and servers:
        base = path_of(str(_mapping(servers[0]).get("url", "")))
    return base.rstrip("/") if isinstance(base, str) and base.startswith("/") else ""


def _fields(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    body = _resolved(document, operation.get("requestBody"))
    schemas = [_mapping(media).get("schema") for media in _mapping(body.get("content")).values()]
    parameters = operation.get("parameters")
    for parameter in parameters if isinstance(parameters, list) else ():
        if _mapping(parameter).get("in") == "body":  # OpenAPI 2
            schemas.append(_mapping(parameter).get("schema"))
    for schema in schemas[:1]:
        yield from _mapping(_resolved(document, schema).get("properties"))


def _resolved(document: Mapping[str, Any], node: Any) -> Mapping[str, Any]:
    for _ in range(5):
        reference = _mapping(node).get("$ref")
        if not isinstance(reference, str):
            break
        node = document
        for part in reference.removeprefix("#/").split("/"):
            node = _mapping(node).get(part)
    return _mapping(node)


def _mapping(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, dict) else {}
