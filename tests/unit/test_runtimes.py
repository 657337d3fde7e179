"""Which runtimes an operator may name, and what is said of the others."""

from __future__ import annotations

from typing import Any

import pytest

from grader.errors import PlatformError
from grader.settings import Settings
from worker.sandbox.runtimes import check_runtimes, runtime_fields

RUNC = {"runc": {"path": "runc"}}
BOTH = {**RUNC, "runsc": {"path": "/usr/bin/runsc", "runtimeArgs": ["--network=host"]}}
SHIM = {**RUNC, "second": {"runtimeType": "io.containerd.kata.v2"}}
RENAMED = {**RUNC, "second": {"path": "/usr/local/bin/runsc"}}


def _settings(**changed: Any) -> Settings:
    return Settings().model_copy(update={"pod_runtime": None, "build_runtime": None, **changed})


def _info(runtimes: dict[str, Any], default: str = "runc") -> dict[str, Any]:
    return {"Runtimes": runtimes, "DefaultRuntime": default}


@pytest.mark.parametrize(
    ("info", "changed"),
    [
        (_info(RUNC), {}),
        (_info(RUNC), {"pod_runtime": "runc", "build_runtime": "runc"}),
        (_info({**RUNC, "crun": {"path": "crun"}}), {"pod_runtime": "crun"}),
        (_info(BOTH, "runsc"), {"pod_runtime": "runc", "build_runtime": "runsc"}),
    ],
)
def test_what_works(info: dict[str, Any], changed: dict[str, str]) -> None:
    check_runtimes(info, _settings(**changed))


@pytest.mark.parametrize(
    ("info", "changed", "code", "words"),
    [
        (_info(RUNC), {"pod_runtime": "rusnc"}, "engine.no_runtime", "it has runc"),
        (_info(RUNC), {"build_runtime": "runsc"}, "engine.no_runtime", "no runtime runsc"),
        (_info(BOTH), {"pod_runtime": "runsc"}, "engine.pod_runtime", "runsc"),
        (_info(BOTH, "runsc"), {}, "engine.pod_runtime", "loopback"),
        (_info(SHIM), {"pod_runtime": "second"}, "engine.pod_runtime", "second"),
        (_info(RENAMED), {"pod_runtime": "second"}, "engine.pod_runtime", "second"),
        (
            _info(BOTH),
            {"build_runtime": "runsc"},
            "engine.build_runtime",
            "default runtime is runc",
        ),
    ],
)
def test_what_does_not(
    info: dict[str, Any], changed: dict[str, str], code: str, words: str
) -> None:
    with pytest.raises(PlatformError) as raised:
        check_runtimes(info, _settings(**changed))
    assert raised.value.code == code
    assert words in raised.value.title


def test_only_a_runtime_that_is_set_is_named() -> None:
    assert runtime_fields(None) == {}
    assert runtime_fields("runc") == {"Runtime": "runc"}
