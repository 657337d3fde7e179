"""Resources that exist in the app, so that generated requests for one find one.

A generated identifier meets a resource hardly ever, and then everything behind “404, there is no
such post” stays untested. The links of the document say which operation makes what another one
needs; with their help an existing identifier is put in place of the generated one just before a
request is sent. What is generated does not change, and so neither does repeatability.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transforms import UNRESOLVABLE
from schemathesis.core.transport import Response
from schemathesis.generation.meta import CoveragePhaseData, TestPhase
from schemathesis.generation.stateful.state_machine import StepOutput
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.expressions import evaluate

from harnesses.kit.contract.case import AnyCase
from harnesses.kit.contract.document import Document, Operation

ATTEMPTS = 3
"""So often is making a resource tried for each operation that makes one, if it never works."""

FORMS = {
    "number": re.compile(r"[0-9]+"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "object id": re.compile(r"[0-9a-f]{24}"),
    "code": re.compile(r"[A-Za-z0-9_-]{1,40}"),
}

Deliver = Callable[[AnyCase], Response | None]


@dataclass(frozen=True)
class Supply:
    """Where the path parameters of an operation come from.

    Args:
        source: Label of the operation whose answer holds them.
        parameters: Name -> runtime expression (OpenAPI 3.1, 4.8.20.3).
    """

    source: str
    parameters: dict[str, str]


class Stock:
    """Keeps one live resource for each operation that makes some.

    Args:
        document: Declares the links.
        schema: The same document, as Schemathesis has it.
        deliver: Sends a case; None where no usable answer came.
    """

    def __init__(self, document: Document, schema: BaseSchema, deliver: Deliver) -> None:
        self._document = document
        self._schema = schema
        self._deliver = deliver
        self._supplies = supplies(document)
        self._live: dict[str, StepOutput] = {}
        self._made: dict[str, StepOutput] = {}
        self._failed: Counter[str] = Counter()
        self._turns: Counter[str] = Counter()

    def furnish(self, case: AnyCase) -> str:
        """Put an existing resource into a case, where that is what the case is about.

        Cases about the identifier itself are left as they are, and every second one of the
        fuzzing phase, which has to see unknown identifiers as well.

        Returns:
            Label of the operation that made the resource; empty where none was put in.
        """
        label = case.operation.label
        if label not in self._supplies or not _may_be_furnished(case):
            return ""
        if case.meta is not None and case.meta.phase.name is TestPhase.FUZZING:
            self._turns[label] += 1
            if self._turns[label] % 2 == 0:
                return ""
        parameters = self._parameters(label)
        if parameters is None:
            return ""
        case.path_parameters = {**(case.path_parameters or {}), **parameters}
        return self._supplies[label].source

    def is_odd(self, case: AnyCase) -> bool:
        """Whether a case names something by an identifier of another form than the app's own.

        An app whose identifiers are numbers may say anything about ``/posts/abc``: that there is
        no such post, that this is no number, or, from its router, that there is no such page.
        """
        supply = self._supplies.get(case.operation.label)
        own = self._made.get(supply.source) if supply else None
        known = self._evaluated(case.operation.label, own) if own is not None else None
        if known is None:
            return False
        named = case.path_parameters or {}
        return any(_form(str(named.get(name, ""))) != _form(known[name]) for name in known)

    def heard(self, case: AnyCase, response: Response) -> None:
        """Learn from an answer: a resource is there now, or no longer."""
        if not 200 <= response.status_code < 300:
            return
        label = case.operation.label
        if case.method.upper() == "DELETE":
            gone = case.path_parameters
            self._live = {
                source: output
                for source, output in self._live.items()
                if self._evaluated(label, output) != gone
            }
        elif any(supply.source == label for supply in self._supplies.values()):
            output = StepOutput(response=response, case=case)
            self._live.setdefault(label, output)
            self._made.setdefault(label, output)

    def _parameters(self, label: str) -> dict[str, str] | None:
        source = self._supplies[label].source
        if source not in self._live and self._failed[source] < ATTEMPTS:
            self._make(source)
        output = self._live.get(source)
        return self._evaluated(label, output) if output is not None else None

    def _make(self, source: str) -> None:
        operation = self._schema.find_operation_by_label(source)
        example = self._document.example_body(self._document.operations[source])
        if operation is None or example is None:
            self._failed[source] = ATTEMPTS
            return
        media_type, body = example
        case = operation.Case(body=body, media_type=media_type)
        if "{" in operation.path:
            parameters = self._parameters(source) if source in self._supplies else None
            if parameters is None:
                self._failed[source] = ATTEMPTS
                return
            case.path_parameters = dict(parameters)
        response = self._deliver(case)
        if response is not None:
            self.heard(case, response)
        if source not in self._live:
            self._failed[source] += 1

    def _evaluated(self, label: str, output: StepOutput) -> dict[str, str] | None:
        """The path parameters of an operation, as they stand in a URL."""
        supply = self._supplies.get(label)
        if supply is None or supply.source != output.case.operation.label:
            return None
        found: dict[str, str] = {}
        for name, expression in supply.parameters.items():
            try:
                value = evaluate(expression, output)
            except Exception:  # whatever an answer can do to an expression, it has no value then
                return None
            if value is UNRESOLVABLE or isinstance(value, dict | list) or value in (None, ""):
                return None
            found[name] = quote(str(value), safe="")
        return found


def supplies(document: Document) -> dict[str, Supply]:
    """For each operation with path parameters, the first link that provides all of them."""
    found: dict[str, Supply] = {}
    for source in document.operations.values():
        for status, response in document.responses(source).items():
            if not status.startswith("2"):
                continue
            for link in (response.get("links") or {}).values():
                resolved = document.resolve(link)
                target = target_of(document, resolved)
                if target is None or target.label in found:
                    continue
                parameters = _path_parameters(target, resolved)
                if parameters:
                    found[target.label] = Supply(source.label, parameters)
    return found


def target_of(document: Document, link: dict[str, Any]) -> Operation | None:
    """The operation that a link leads to; None where there is none."""
    for operation in document.operations.values():
        pointer = f"#/paths/{operation.path.replace('~', '~0').replace('/', '~1')}"
        if link.get("operationRef") == f"{pointer}/{operation.method.lower()}":
            return operation
        if link.get("operationId") == operation.definition.get("operationId", ...):
            return operation
    return None


def _path_parameters(target: Operation, link: dict[str, Any]) -> dict[str, str]:
    wanted = path_names(target)
    given = {
        name.removeprefix("path."): expression
        for name, expression in (link.get("parameters") or {}).items()
    }
    return {name: given[name] for name in wanted} if given.keys() >= set(wanted) else {}


def path_names(operation: Operation) -> list[str]:
    """The names of the path parameters, in the order of the path."""
    return [part.partition("}")[0] for part in operation.path.split("{")[1:]]


def _form(identifier: str) -> str:
    """What an identifier looks like."""
    for name, pattern in FORMS.items():
        if pattern.fullmatch(identifier):
            return name
    return "odd"


def _may_be_furnished(case: AnyCase) -> bool:
    meta = case.meta
    if meta is None or case.method.upper() != case.operation.method.upper():
        return False
    if meta.phase.name is TestPhase.STATEFUL or meta.is_negative_at(ParameterLocation.PATH):
        return False
    data = meta.phase.data
    about_path = (
        isinstance(data, CoveragePhaseData) and data.parameter_location is ParameterLocation.PATH
    )
    return not about_path
