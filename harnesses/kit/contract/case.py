"""The Schemathesis case, for annotations."""

from __future__ import annotations

from typing import Any, TypeAlias

from schemathesis.generation.case import Case

AnyCase: TypeAlias = Case[Any]
