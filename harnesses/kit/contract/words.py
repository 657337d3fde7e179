"""What failures are called in a report, and which of them have the same cause."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from schemathesis.core.failures import Failure as Breach
from schemathesis.core.failures import MalformedJson, ServerError
from schemathesis.core.transport import Response
from schemathesis.openapi.checks import (
    EnsureResourceAvailability,
    JsonSchemaError,
    MissingContentType,
    UndefinedContentType,
    UndefinedStatusCode,
    UnsupportedMethodResponse,
    UseAfterFree,
)

from harnesses.kit.contract.case import AnyCase, label_of
from harnesses.kit.contract.findings import Failure
from harnesses.kit.contract.firm import Broken
from harnesses.kit.contract.sender import Gone, Trouble
from harnesses.kit.contract.transport import Heard

MAX_VALUE = 120


def failure(check: str, breach: Breach, response: Response, case: AnyCase, heard: Heard) -> Failure:
    """A breach that a check found, for a learner."""
    found = _failure(check, breach, response, case, heard)
    return replace(found, detail=" ".join(filter(None, (found.detail, _made_by(heard)))))


def _made_by(heard: Heard) -> str:
    """Where the identifier in the path comes from: by itself a request for one explains nothing."""
    return f"What the path names had been made by {heard.made_by}." if heard.made_by else ""


def _failure(
    check: str, breach: Breach, response: Response, case: AnyCase, heard: Heard
) -> Failure:
    label = label_of(case)
    status = heard.exchange.status if heard.exchange else response.status_code
    if isinstance(breach, UndefinedStatusCode):
        return Failure(
            check,
            label,
            str(status),
            f"{label} answers {status}, which the contract does not have",
            expected=f"one of {', '.join(breach.defined_status_codes)}",
            actual=str(status),
        )
    if isinstance(breach, ServerError):
        return _server_error(check, label, status, case)
    if isinstance(breach, UndefinedContentType | MissingContentType):
        return _content_type(check, label, breach, status)
    if isinstance(breach, JsonSchemaError):
        return _schema(check, label, breach, status)
    if isinstance(breach, MalformedJson):
        return oddity(check, label, "The body is no JSON")
    if isinstance(breach, UseAfterFree):
        return Failure(
            check,
            label,
            "use after free",
            f"{label} still finds what was deleted",
            expected="404, as for anything that is not there",
            actual=str(status),
            detail=f"It had been deleted with {breach.free}.",
        )
    if isinstance(breach, EnsureResourceAvailability):
        return Failure(
            check,
            label,
            "not there",
            f"{label} does not find what {breach.created_with} had just made",
            expected="the new resource",
            actual=str(status),
        )
    if isinstance(breach, UnsupportedMethodResponse):
        return Failure(
            check,
            label,
            f"{case.method} {status}",
            f"{case.method} {case.path} answers {status}, though the contract has no such method",
            expected="405 or 404",
            actual=str(status),
        )
    return _other(check, label, breach, status)


def accepted(check: str, case: AnyCase, broken: Broken, heard: Heard) -> Failure:
    """Data that had to be refused were taken."""
    label = label_of(case)
    place = f"“{broken.where}”: " if broken.where else ""
    return Failure(
        check,
        label,
        f"{broken.where} {broken.rule}",
        f"{label} accepts what it should refuse: {place}{broken.text}",
        expected="400 or 422",
        actual=str(heard.exchange.status) if heard.exchange else "",
        detail=_made_by(heard),
    )


def oddity(check: str, label: str, text: str) -> Failure:
    """An answer that cannot be read at all."""
    return Failure(
        check,
        label,
        f"oddity {text.partition(':')[0]}",
        f"{label} answers with a body that cannot be read as JSON",
        expected="a JSON body (RFC 8259)",
        actual=text,
    )


def trouble(check: str, label: str, found: Trouble) -> Failure:
    """A request without a usable answer."""
    titles = {
        "refused": f"{label} was refused: nothing listens any more",
        "silent": f"{label} does not answer",
        "broken": f"{label} breaks off or answers with something that cannot be read",
        "too_long": f"{label} answers with far too much",
    }
    return Failure(
        check,
        label,
        found.kind,
        titles[found.kind],
        expected="a complete HTTP answer",
        actual=found.exchange.error or "none",
    )


def gone(found: Gone) -> tuple[str, str, str]:
    """Message, actual and hint for an app that is no longer there."""
    request = f"{found.last.method} {_path(found.last.url)}"
    if found.kind == "crashed":
        return (
            f"The app went away after {found.after} answered requests; the last one was {request}",
            "The connection was refused: the process has ended or closed its port",
            "Send the request shown here, then read the last lines of your app's log.",
        )
    return (
        f"The app stopped answering after {found.after} answered requests, at {request}",
        "The connection was accepted, but no complete answer came in time",
        "Look for a lock, an endless loop or a connection that is never given back.",
    )


def _path(url: str) -> str:
    rest = url.partition("://")[2]
    return "/" + rest.partition("/")[2] if "/" in rest else "/"


def _server_error(check: str, label: str, status: int | None, case: AnyCase) -> Failure:
    described = ""
    meta = case.meta
    if meta is not None and meta.generation.mode.is_negative and meta.phase.data.description:
        described = f"What is odd about the request: {meta.phase.data.description}."
    return Failure(
        check,
        label,
        str(status),
        f"{label} answers {status}",
        expected="an answer below 500, whatever is sent",
        actual=str(status),
        detail=described,
    )


def _content_type(
    check: str, label: str, breach: UndefinedContentType | MissingContentType, status: int | None
) -> Failure:
    if isinstance(breach, MissingContentType):
        return Failure(
            check,
            label,
            "no content type",
            f"{label} answers {status} without a Content-Type",
            expected=" or ".join(breach.media_types),
            actual="none",
        )
    return Failure(
        check,
        label,
        breach.content_type,
        f"{label} answers {status} with {breach.content_type}",
        expected=" or ".join(breach.defined_content_types),
        actual=breach.content_type,
    )


def _schema(check: str, label: str, breach: JsonSchemaError, status: int | None) -> Failure:
    path = [str(part) for part in breach.instance_path if not isinstance(part, int)]
    place = f"“{'.'.join(path)}”: " if path else ""
    problem = breach.validation_message.splitlines()[0] if breach.validation_message else ""
    keyword = str(breach.schema_path[-1]) if breach.schema_path else ""
    return Failure(
        check,
        label,
        f"{status} {'.'.join(path)} {keyword} {problem if keyword == 'required' else ''}",
        f"{label} answers {status} in another shape: {place}{problem}",
        expected=_expected(breach, keyword),
        actual=_shown(breach.instance),
    )


def _expected(breach: JsonSchemaError, keyword: str) -> str:
    if keyword in ("type", "format", "minimum", "minLength", "minProperties", "pattern"):
        return f"{keyword}: {_shown(breach.schema.get(keyword))}"
    if keyword == "required":
        return f"an object with {', '.join(map(str, breach.schema.get('required', ())))}"
    return _shown({k: v for k, v in breach.schema.items() if k != "description"})


def _other(check: str, label: str, breach: Breach, status: int | None) -> Failure:
    lines = breach.message.strip().splitlines()
    return Failure(
        check,
        label,
        type(breach).__name__,
        f"{label}: {breach.title}",
        actual=str(status),
        detail=" ".join(line.strip() for line in lines[:6] if line.strip()),
    )


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"
