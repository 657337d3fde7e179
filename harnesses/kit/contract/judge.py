"""Holding one answer against the document: Schemathesis checks, and what may not be held so far.

Every check runs on every answer and what it finds is noted, never raised: a failure that was
raised would make Schemathesis shrink, replay and restart, and so send requests that depend on how
the app happened to answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from schemathesis.checks import CHECKS, CheckContext, load_all_checks
from schemathesis.core import NOT_SET
from schemathesis.core.failures import Failure as Breach
from schemathesis.core.failures import FailureGroup
from schemathesis.core.jsonschema import make_validator
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.schemas import BaseSchema

from harnesses.kit.contract import words
from harnesses.kit.contract.case import AnyCase
from harnesses.kit.contract.findings import Failure, Findings
from harnesses.kit.contract.transport import NO_ANSWER, Heard, Transport

METHOD_NOT_THERE = (404, 405, 501)
SCHEMA_CHECK = "response_schema_conformance"
ERROR_CHECK = "not_a_server_error"
NEGATIVE_CHECK = "negative_data_rejection"
METHOD_CHECK = "unsupported_method"


def known_checks() -> list[str]:
    """The names of the checks that Schemathesis has for single answers."""
    load_all_checks()
    return [name for name in CHECKS.get_all_names() if not isinstance(CHECKS.get_one(name), type)]


class Judge:
    """Judges answers as they come.

    Args:
        checks: Names of the checks to run.
        transport: Knows what came of the case in hand.
        firm: The document without what its author left open; see :mod:`.document`.
    """

    def __init__(self, checks: tuple[str, ...], transport: Transport, firm: BaseSchema) -> None:
        load_all_checks()
        self.checks = {name: CHECKS.get_one(name) for name in checks}
        self._transport = transport
        self._firm = firm
        self.findings = Findings()
        self.judged: Counter[str] = Counter()
        self.succeeded: Counter[str] = Counter()
        self.mistakes: list[str] = []

    def judge(self, context: CheckContext, response: Response, case: AnyCase) -> None:
        """Run the checks on an answer and note what they find."""
        heard = self._transport.heard
        if response.status_code == NO_ANSWER:
            if heard.trouble is not None:
                self._note(words.trouble(ERROR_CHECK, case.operation.label, heard.trouble), heard)
            return
        if heard.limited:
            return
        label = case.operation.label
        self.judged[label] += 1
        if case.method.upper() == case.operation.method.upper() and response.status_code < 300:
            self.succeeded[label] += 1
        for name, check in self.checks.items():
            if name == SCHEMA_CHECK and heard.oddity:
                self._note(words.oddity(name, label, heard.oddity), heard)
                continue
            for breach in self._breaches(check, context, response, case):
                if self._counts(name, response, case):
                    self._note(words.failure(name, breach, response, case, heard), heard)

    def _note(self, failure: Failure, heard: Heard) -> None:
        self.findings.add(failure, heard.exchange)

    def _breaches(
        self, check: Any, context: CheckContext, response: Response, case: AnyCase
    ) -> Iterator[Breach]:
        try:
            check(context, response, case)
        except Breach as breach:
            yield breach
        except FailureGroup as group:
            yield from group.exceptions
        except Exception as error:
            # A check that breaks is ours, whatever the app had sent.
            self.mistakes.append(f"{check.__name__}: {type(error).__name__}: {error}")

    def _counts(self, name: str, response: Response, case: AnyCase) -> bool:
        """Whether a breach may cost anything; see the tolerances in docs/authors/contract.md."""
        if name == METHOD_CHECK:
            return response.status_code not in METHOD_NOT_THERE
        if name == NEGATIVE_CHECK:
            return self._breaks_firmly(case)
        return True

    def _breaks_firmly(self, case: AnyCase) -> bool:
        """Whether a case breaks a rule of the document that its author did not leave open."""
        operation: Any = self._firm.find_operation_by_label(case.operation.label)
        if operation is None or case.meta is None:
            return True
        validator = operation.schema.adapter.jsonschema_validator_cls
        for location in case.meta.components:
            if not case.meta.is_negative_at(location):
                continue
            if location is ParameterLocation.BODY:
                if self._body_breaks(operation, case, validator):
                    return True
                continue
            value: Any = case.get_container(location)
            schema = operation.get_parameter_set(location).schema
            if not make_validator(schema, validator).is_valid(dict(value or {})):
                return True
        return False

    @staticmethod
    def _body_breaks(operation: Any, case: AnyCase, validator: Any) -> bool:
        alternative = operation.get_body_for_media_type(case.media_type)
        if alternative is None:
            return True
        if case.body is NOT_SET:
            return bool(alternative.is_required)
        try:
            return not make_validator(alternative.optimized_schema, validator).is_valid(case.body)
        except ValueError:
            # No JSON can hold it (a lone surrogate, for example), so it breaks any schema.
            return True
