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
from schemathesis.core.failures import Failure as Breach
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response

from harnesses.kit.contract import words
from harnesses.kit.contract.case import AnyCase, label_of
from harnesses.kit.contract.findings import Failure, Findings
from harnesses.kit.contract.firm import Firm
from harnesses.kit.contract.transport import NO_ANSWER, Heard, Transport

UNSUPPORTED_BODY = 415
METHOD_NOT_THERE = (404, 405, 501)
SCHEMA_CHECK = "response_schema_conformance"
STATUS_CHECK = "status_code_conformance"
ERROR_CHECK = "not_a_server_error"
NEGATIVE_CHECK = "negative_data_rejection"
METHOD_CHECK = "unsupported_method"
FORM_CHECKS = (STATUS_CHECK, SCHEMA_CHECK, "content_type_conformance")


def known_checks() -> list[str]:
    """The names of the checks that Schemathesis has for single answers."""
    load_all_checks()
    return [name for name in CHECKS.get_all_names() if not isinstance(CHECKS.get_one(name), type)]


class Judge:
    """Judges answers as they come.

    Args:
        checks: Names of the checks to run.
        transport: Knows what came of the case in hand.
        firm: Which data an app must refuse.
        errors_apart: Whether a criterion of its own is lost by server errors.
    """

    def __init__(
        self, checks: tuple[str, ...], transport: Transport, firm: Firm, *, errors_apart: bool
    ) -> None:
        load_all_checks()
        self._checks = {name: CHECKS.get_one(name) for name in checks}
        self._transport = transport
        self._firm = firm
        self.errors_apart = errors_apart
        self.findings = Findings()
        self.judged: Counter[str] = Counter()
        self.succeeded: Counter[str] = Counter()
        self.mistakes: list[str] = []

    def judge(self, context: CheckContext, response: Response, case: AnyCase) -> None:
        """Run the checks on an answer and note what they find."""
        heard = self._transport.heard
        label = label_of(case)
        if response.status_code == NO_ANSWER:
            if heard.trouble is not None and heard.trouble.kind != "refused":
                self._note(words.trouble(ERROR_CHECK, label, heard.trouble), heard)
            return
        if heard.limited:
            return
        self.judged[label] += 1
        if 200 <= response.status_code < 300:
            self.succeeded[label] += 1
        for name, check in self._checks.items():
            if name in FORM_CHECKS and self._may_be_any_form(response, heard):
                continue
            if name == SCHEMA_CHECK and heard.oddity:
                self._note(words.oddity(name, label, heard.oddity), heard)
                continue
            for breach in self._breaches(check, context, response, case):
                # Some checks send requests of their own; then the last one is what they found.
                own = breach.case_id in (None, case.id)
                shown = heard if own else self._transport.heard
                failure = self._failure(name, breach, response, case, shown)
                if failure is not None:
                    self._note(failure, shown)

    def _may_be_any_form(self, response: Response, heard: Heard) -> bool:
        """Whether a refusal comes from the framework rather than from the app's own code."""
        refused = 400 <= response.status_code < 500
        unsupported = heard.exchange is not None and heard.exchange.status == UNSUPPORTED_BODY
        return refused and (heard.odd or unsupported)

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

    def _failure(
        self, name: str, breach: Breach, response: Response, case: AnyCase, heard: Heard
    ) -> Failure | None:
        """A breach as a failure; None where it may not cost anything.

        See the tolerances in docs/authors/contract.md.
        """
        if name == METHOD_CHECK and response.status_code in METHOD_NOT_THERE:
            return None
        if name == STATUS_CHECK and response.status_code >= 500 and self.errors_apart:
            return None
        if name == NEGATIVE_CHECK:
            broken = self._firm.broken_by(case)
            return words.accepted(name, case, broken, heard) if broken else None
        return words.failure(name, breach, response, case, heard)
