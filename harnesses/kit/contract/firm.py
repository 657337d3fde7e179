"""Which data an app must refuse: what breaks a rule that the document does not leave open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemathesis.core import NOT_SET
from schemathesis.core.jsonschema import make_validator
from schemathesis.core.parameters import ParameterLocation
from schemathesis.schemas import BaseSchema

from harnesses.kit.contract.case import AnyCase


@dataclass(frozen=True)
class Broken:
    """A rule that the data of a case break.

    Args:
        where: Dotted path to the value; empty for the body as a whole.
        rule: Keyword of the rule.
        text: What is wrong, in a sentence.
    """

    where: str
    rule: str
    text: str


class Firm:
    """Rules that hold whatever an app's author decides.

    Args:
        schema: The document without what is left open; see :meth:`.document.Document.firm`.
    """

    def __init__(self, schema: BaseSchema) -> None:
        self._schema = schema

    def broken_by(self, case: AnyCase) -> Broken | None:
        """The first rule that the generated parts of a case break; None where all hold."""
        operation: Any = self._schema.find_operation_by_label(case.operation.label)
        if operation is None or case.meta is None:
            return None
        return next(self._broken(operation, case), None)

    def _broken(self, operation: Any, case: AnyCase) -> Iterator[Broken]:
        assert case.meta is not None
        validator = operation.schema.adapter.jsonschema_validator_cls
        for location in case.meta.components:
            if not case.meta.is_negative_at(location):
                continue
            if location is ParameterLocation.BODY:
                yield from _body(operation, case, validator)
            else:
                value: Any = case.get_container(location)
                schema = operation.get_parameter_set(location).schema
                yield from _errors(schema, validator, dict(value or {}))


def _body(operation: Any, case: AnyCase, validator: Any) -> Iterator[Broken]:
    alternative = operation.get_body_for_media_type(case.media_type)
    if alternative is None:
        yield Broken("", "media type", f"{case.media_type} is no media type of the contract")
    elif case.body is NOT_SET:
        if alternative.is_required:
            yield Broken("", "required", "there is no body at all")
    else:
        yield from _errors(alternative.optimized_schema, validator, case.body)


def _errors(schema: Any, validator: Any, value: Any) -> Iterator[Broken]:
    try:
        for error in make_validator(schema, validator).iter_errors(value):
            where = ".".join(str(part) for part in error.instance_path)
            rule = str(error.schema_path[-1]) if error.schema_path else ""
            yield Broken(where, rule, error.message)
    except ValueError:
        # No JSON can hold it (a lone surrogate, for example), so it breaks any schema.
        yield Broken("", "json", "the value cannot be written as JSON")
