"""Between Schemathesis and the app: a case goes out as a request, comes back through the lens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import requests
from schemathesis.core.transport import Response
from schemathesis.transport.requests import REQUESTS_TRANSPORT, RequestsTransport

from grader.domain.evidence import HttpExchange
from harnesses.kit.contract.case import AnyCase, label_of
from harnesses.kit.contract.document import Document
from harnesses.kit.contract.lens import Lens
from harnesses.kit.contract.sender import TOO_MANY_REQUESTS, Over, Sender, Trouble
from harnesses.kit.contract.stock import Stock
from harnesses.kit.http import Answer, path_of

NO_ANSWER = 599
"""Status of the stand-in that Schemathesis gets where no answer came; it judges none of them."""
# Schemathesis would tell the app who is asking; an app must not be able to behave for it.
DROPPED_HEADERS = {"x-schemathesis-testcaseid", "connection", "content-length", "accept-encoding"}
DEFAULT_HEADERS = {"user-agent", "accept"}
SLASH_REDIRECTS = (301, 302, 307, 308)


@dataclass(frozen=True)
class Heard:
    """What is known about the request of one case.

    ``trouble`` and ``oddity`` say what was wrong with the answer before any check looks at it;
    ``made_by`` which operation had made the resource that was asked for; ``odd`` that it was asked
    for by an identifier which the app itself would not give.
    """

    exchange: HttpExchange | None = None
    trouble: Trouble | None = None
    oddity: str = ""
    limited: bool = False
    made_by: str = ""
    odd: bool = False


class Transport(RequestsTransport):
    """Sends cases, one at a time.

    Attributes:
        heard: What came of the case that was sent last.
        stock: Set once the schema that needs this transport exists.
    """

    def __init__(
        self,
        sender: Sender,
        lens: Lens,
        document: Document,
        credentials: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._copy_serializers_from(REQUESTS_TRANSPORT)
        self._sender = sender
        self._lens = lens
        self._document = document
        self._credentials = credentials or {}
        self._slashed: dict[str, bool] = {}
        self.stock: Stock | None = None
        self.heard = Heard()

    def send(
        self,
        case: AnyCase,
        *,
        session: requests.Session | None = None,  # noqa: ARG002 - ours is the sender's
        **kwargs: Any,
    ) -> Response:
        """Send a case, with an existing resource in it where it asks for one."""
        made_by = self.stock.furnish(case) if self.stock is not None else ""
        odd = self.stock is not None and self.stock.is_odd(case)
        response = self.deliver(case, **kwargs)
        self.heard = replace(self.heard, made_by=made_by, odd=odd)
        return response

    def deliver(self, case: AnyCase, **kwargs: Any) -> Response:
        """Send a case as it is."""
        options = {k: v for k, v in kwargs.items() if k in ("base_url", "headers", "params")}
        data = self.serialize_case(case, **options)
        prepared = requests.Request(**data).prepare()
        try:
            outcome = self._exchange(case, prepared)
        except Over:
            self.heard = Heard()
            return _stand_in(prepared)
        if isinstance(outcome, Trouble):
            self.heard = Heard(outcome.exchange, outcome)
            return _stand_in(prepared)
        return self._response(case, prepared, outcome)

    def _exchange(self, case: AnyCase, prepared: requests.PreparedRequest) -> Answer | Trouble:
        label = label_of(case)
        method, target = self._lens.reading.locate(
            prepared.method or case.method, prepared.path_url
        )
        target = _with_slash(target, self._slashed.get(case.path, False))
        headers = {**_own_headers(prepared.headers), **self._proof(label)}
        body = self._said(case, prepared)
        outcome = self._sender.send(label, method, target, headers, body)
        twin = _slash_twin(outcome, target) if isinstance(outcome, Answer) else None
        if twin is None:
            return outcome
        self._slashed[case.path] = twin.partition("?")[0].endswith("/")
        return self._sender.send(label, method, twin, headers, body)

    def _said(self, case: AnyCase, prepared: requests.PreparedRequest) -> bytes | str | None:
        """The body, with the app's own names of fields where it has others."""
        if self._lens.reading.sent_names and isinstance(case.body, dict):
            said = self._lens.reading.said(case.method.upper(), case.path, case.body)
            if said != case.body:
                return json.dumps(said)
        return prepared.body if isinstance(prepared.body, bytes | str) else None

    def _proof(self, label: str) -> Mapping[str, str]:
        """Who is asking, where the document says that an operation wants to know."""
        operation = self._document.operations.get(label)
        guarded = operation is None or self._document.is_guarded(operation)
        return self._credentials if guarded else {}

    def _response(
        self, case: AnyCase, prepared: requests.PreparedRequest, answer: Answer
    ) -> Response:
        status, body = answer.status, answer.body
        oddity = ""
        operation = self._document.operations.get(label_of(case))
        if operation is not None:
            view = self._lens.view(operation, status, answer.headers, body)
            status, body, oddity = view.status, view.body, view.oddity
        response = Response(
            status_code=status,
            headers={name: [value] for name, value in answer.headers.items()},
            content=body,
            request=prepared,
            elapsed=answer.exchange.elapsed_ms / 1000,
            verify=False,
            encoding="utf-8",
        )
        self.heard = Heard(answer.exchange, None, oddity, answer.status == TOO_MANY_REQUESTS)
        if self.stock is not None:
            self.stock.heard(case, response)
        return response


def _own_headers(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    """Those that belong to the case: not the ones that only say which client is asking."""
    return {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in headers.items()
        if name.lower() not in DROPPED_HEADERS
        and not (name.lower() in DEFAULT_HEADERS and _is_clients(value))
    }


def _is_clients(value: str | bytes) -> bool:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return text == "*/*" or text.startswith(("schemathesis/", "python-requests/"))


def _with_slash(target: str, slashed: bool) -> str:
    path, mark, query = target.partition("?")
    return f"{path}/{mark}{query}" if slashed and not path.endswith("/") else target


def _slash_twin(answer: Answer, target: str) -> str | None:
    """Where a redirect leads that only adds or removes the trailing slash.

    Such a redirect is a choice of router, not of behaviour; method and body are kept, although
    RFC 9110 (15.4.2) lets a client change POST into GET on 301.
    """
    if answer.status not in SLASH_REDIRECTS:
        return None
    there = path_of(answer.headers.get("location", ""))
    path, mark, query = target.partition("?")
    if there == path or there.rstrip("/") != path.rstrip("/"):
        return None
    return f"{there}{mark}{query}"


def _stand_in(prepared: requests.PreparedRequest) -> Response:
    return Response(
        status_code=NO_ANSWER,
        headers={},
        content=b"",
        request=prepared,
        elapsed=0.0,
        verify=False,
    )
