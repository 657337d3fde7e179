"""Whether an author's ``openapi.yaml`` can be used: every mistake in words, with what was meant.

The rules and the reasons for them are in ``docs/authors/contract.md``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import jsonschema_rs
from schemathesis.core.jsonschema import make_validator
from schemathesis.core.result import Ok

from grader.domain.project import Project
from harnesses.kit.contract import generator
from harnesses.kit.contract.document import (
    OPEN,
    Document,
    DocumentMistake,
    Operation,
    references,
)
from harnesses.kit.contract.judge import known_checks
from harnesses.kit.contract.stock import path_names, supplies, target_of

BODY_POINTER = re.compile(r"^\$response\.body#/([^/{}]+)$")
EXPRESSION = re.compile(
    r"^\$(url|method|statusCode|(request|response)\.(body(#/.*)?|(header|query|path)\.[^ ]+))$"
)
VERSIONS = ("3.0.", "3.1.")


def mistakes(project: Project) -> list[str]:
    """What the author has to change before the contract harness can be run.

    Args:
        project: With ``openapi`` and a contract plan; without a plan there is nothing to check.

    Returns:
        One sentence for each mistake, beginning with the place; none when all is well. The first
        kinds of mistakes hide the later ones.
    """
    if project.contract is None:
        return []
    unknown = list(_checks(project))
    try:
        document = Document.parse(project.openapi or "")
        for stage in (_structure, _meaning):
            found = list(stage(document, project))
            if found:
                return unknown + found
    except DocumentMistake as mistake:
        return [*unknown, str(mistake)]
    return unknown


def meant(name: str, known: Collection[str]) -> str:
    """The known name that was probably meant, or all of them."""
    close = difflib.get_close_matches(name, list(known), 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there is: {', '.join(sorted(known)) or 'none'}"


def _checks(project: Project) -> Iterator[str]:
    known = known_checks()
    assert project.contract is not None
    for criterion, names in project.contract.criteria.items():
        if not names:
            yield f"contract.criteria.{criterion} names no check"
        for name in names:
            if name not in known:
                yield (
                    f"contract.criteria.{criterion}: Schemathesis has no check {name!r};"
                    f" {meant(name, known)}"
                )


# -- is it an OpenAPI document? -----------------------------------------------------------------


def _structure(document: Document, _: Project) -> Iterator[str]:
    version = str(document.raw.get("openapi", ""))
    if not version.startswith(VERSIONS):
        yield f"openapi: {version or 'missing'}; 3.0 and 3.1 documents can be used"
        return
    dangling = list(_dangling(document))
    yield from dangling
    if dangling:
        return
    schema = generator.schema_of(document.raw, generator.plain())
    try:
        schema.validate()
    except jsonschema_rs.ValidationError as error:
        yield f"{_place(error.instance_path)}: {_short(error.message)}"
        return
    for result in schema.get_all_operations():
        if not isinstance(result, Ok):
            yield _short(str(result.err()))
    if not document.operations:
        yield "paths: there is no operation"


def _dangling(document: Document) -> Iterator[str]:
    for where, reference in references(document.raw):
        try:
            document.resolve({"$ref": reference})
        except DocumentMistake as mistake:
            parent, _, name = reference.rpartition("/")
            try:
                siblings = document.resolve({"$ref": parent})
            except DocumentMistake:
                siblings = {}
            known = siblings if isinstance(siblings, dict) else {}
            yield f"{where}: {mistake}; {meant(name, known)}"


# -- can it be used for grading? ----------------------------------------------------------------


def _meaning(document: Document, project: Project) -> Iterator[str]:
    for operation in document.operations.values():
        yield from _answers(document, operation)
        yield from _links(document, operation)
        yield from _envelopes(document, operation, project)
    yield from _supplied(document)
    yield from _examples(document)
    yield from _open(document.raw)


def _answers(document: Document, operation: Operation) -> Iterator[str]:
    statuses = document.responses(operation)
    if not any(status.startswith("2") for status in statuses):
        yield f"{operation.label}: no answer with success (2xx) is documented"
    if operation.has_path_parameters and not {"404", "4XX", "DEFAULT"} & statuses.keys():
        yield f"{operation.label}: document 404, the answer when there is no such thing"
    refusals = {"400", "422", "4XX", "DEFAULT"}
    if "requestBody" in operation.definition and not refusals & statuses.keys():
        yield f"{operation.label}: document 400, the answer to a body that cannot be used"


def _links(document: Document, source: Operation) -> Iterator[str]:
    ids = {
        str(operation.definition["operationId"])
        for operation in document.operations.values()
        if "operationId" in operation.definition
    }
    for status, response in document.responses(source).items():
        for name, reference in (response.get("links") or {}).items():
            link = document.resolve(reference)
            place = f"{source.label}, {status}, link {name!r}"
            target = target_of(document, link)
            if target is None:
                wanted = str(link.get("operationId") or link.get("operationRef"))
                yield f"{place} leads to {wanted!r}, which is no operation; {meant(wanted, ids)}"
            else:
                yield from _link_parameters(document, source, status, target, link, place)


def _link_parameters(
    document: Document,
    source: Operation,
    status: str,
    target: Operation,
    link: Mapping[str, Any],
    place: str,
) -> Iterator[str]:
    names = {str(item.get("name")) for item in document.parameters(target)}
    schema = document.answer_schema(source, int(status)) if status.isdigit() else None
    properties = document.properties(schema) if schema else {}
    for key, expression in (link.get("parameters") or {}).items():
        name = key.rpartition(".")[2]
        if name not in names:
            yield f"{place}: {target.label} has no parameter {name!r}; {meant(name, names)}"
        if not isinstance(expression, str):
            continue
        if expression.startswith("$") and not EXPRESSION.match(expression):
            yield f"{place}: {expression!r} is no runtime expression, such as $response.body#/id"
        pointer = BODY_POINTER.match(expression)
        if pointer and properties and pointer[1] not in properties:
            yield (
                f"{place}: the answer {status} has no property {pointer[1]!r};"
                f" {meant(pointer[1], properties)}"
            )


def _envelopes(document: Document, operation: Operation, project: Project) -> Iterator[str]:
    schema = document.success_schema(operation)
    if schema is None or document.shape(schema) != "object":
        return
    for name, described in document.properties(schema).items():
        if name in project.dialect.envelopes and document.shape(described) == "object":
            yield (
                f"{operation.label}: the property {name!r} cannot be told from an envelope; take"
                " it out of dialect.envelopes"
            )


def _supplied(document: Document) -> Iterator[str]:
    found = supplies(document)
    for operation in document.operations.values():
        if operation.has_path_parameters and operation.label not in found:
            names = ", ".join(path_names(operation))
            yield (
                f"{operation.label}: no link says where {names} comes from, so that nothing but"
                " 404 would ever be answered; declare one on the operation that makes it"
            )
    for source in {supply.source for supply in found.values()}:
        operation = document.operations[source]
        if "requestBody" in operation.definition and document.example_body(operation) is None:
            yield f"{source}: give its request body an example; resources are made with it"


def _examples(document: Document) -> Iterator[str]:
    schema = generator.schema_of(document.raw, generator.plain())
    for operation in document.operations.values():
        example = document.example_body(operation)
        known: Any = schema.find_operation_by_label(operation.label)
        if example is None or known is None:
            continue
        media_type, value = example
        alternative = known.get_body_for_media_type(media_type)
        validator = make_validator(
            alternative.optimized_schema, known.schema.adapter.jsonschema_validator_cls
        )
        for error in validator.iter_errors(value):
            yield (
                f"{operation.label}: its example breaks its own schema at"
                f" {_place(error.instance_path) or '/'}: {_short(error.message)}"
            )


def _open(node: Any, where: str = "") -> Iterator[str]:
    """Mistakes in what is left open."""
    if isinstance(node, list):
        for index, value in enumerate(node):
            yield from _open(value, f"{where}/{index}")
    if not isinstance(node, dict):
        return
    left_open = node.get(OPEN, [])
    if not isinstance(left_open, list):
        yield f"{where}/{OPEN}: this is a list of keywords, such as [pattern]"
        left_open = []
    for keyword in left_open:
        if keyword not in node:
            others = [key for key in node if key not in (OPEN, "description")]
            yield f"{where}/{OPEN}: there is no {keyword!r} beside it; {meant(keyword, others)}"
    for key, value in node.items():
        yield from _open(value, f"{where}/{key}")


def _place(path: Collection[str | int]) -> str:
    return "".join(f"/{part}" for part in path)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else f"{line[:299]}…"
