"""What is read out of an envelope, and what only looks like one."""

from __future__ import annotations

import pytest

from grader.domain.project import Dialect
from harnesses.kit.dialect import Reading

DIALECT = Dialect(envelopes=("data", "url"), aliases={"url": ("long_url",), "shortCode": ("code",)})


@pytest.mark.parametrize("envelope", ["data", "url"])
def test_a_resource_is_read_out_of_its_envelope(envelope: str) -> None:
    said: list[str] = []
    resource = {"url": "https://example.org", "shortCode": "a"}
    assert Reading(DIALECT, said.append).unwrap({envelope: resource, "id": 1}) == resource
    assert said == [f"Your answers wrap the resource in “{envelope}”; it was read from there"]


def test_a_field_that_holds_an_object_is_no_envelope() -> None:
    said: list[str] = []
    echoed = {"id": 2, "shortCode": "a", "url": {}}
    assert Reading(DIALECT, said.append).unwrap(echoed) == echoed
    assert said == []
