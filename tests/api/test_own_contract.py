"""Our own OpenAPI document, held to what we ask of learners: Schemathesis with all its checks."""

from __future__ import annotations

import uuid
from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection

from grader.domain.records import Scope
from tests.api.served import Served, hand_in

# The stricter one of the two: it refuses NUL and lone surrogates.
pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

EXAMPLES = 20
RULES = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("scope", Scope)
def test_every_operation_keeps_the_contract(
    api: Served, scope: Scope, mode: GenerationMode
) -> None:
    client = api.of("tester", scope)
    if scope is not Scope.OPERATOR:
        hand_in(client)
    headers = {"Authorization": client.headers["Authorization"]}
    schema = schemathesis.openapi.from_url(f"{api.url}/api/v1/openapi.json")
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.endswith("/events"):
            continue  # an answer that need not end: test_events.py

        @RULES
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: schemathesis.Case) -> None:
            if mode is GenerationMode.POSITIVE and "Idempotency-Key" in case.headers:
                # A key that is sent twice with different requests is refused, as it should be.
                case.headers["Idempotency-Key"] = uuid.uuid4().hex
            assert case.meta
            # The token is ours: a request that was to lack it has it, and is right to succeed.
            restored = case.meta.is_negative_at(ParameterLocation.HEADER)
            excluded = [negative_data_rejection] if restored else []
            case.call_and_validate(headers=headers, excluded_checks=excluded)

        # Without parameters or a body there is nothing to get wrong.
        with suppress(schemathesis.errors.SchemathesisError, Unsatisfiable):
            check()
            tried += 1
    assert tried >= 8
