"""The Schemathesis case, for annotations."""

from __future__ import annotations

from typing import Any, TypeAlias

from schemathesis.generation.case import Case

AnyCase: TypeAlias = Case[Any]


def label_of(case: AnyCase) -> str:
    """``GET /posts/{id}``, with the method that is sent: not always that of the operation."""
    return f"{case.method.upper()} {case.path}"
