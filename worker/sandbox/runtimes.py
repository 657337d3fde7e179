"""Which of the engine's runtimes starts what: pods and builds.

A runtime such as ``runsc`` (gVisor) puts a second kernel between a program and the machine. The
build API names no runtime, builds take the engine's default; so that one is the wall around builds,
and pods, which need another, name theirs. docs/decisions/0010-one-engine-and-what-bounds-it.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.errors import PlatformError
from grader.settings import Settings

# They give every container a network stack of its own, so that a harness does not find its app.
_ALONE = ("runsc", "gvisor", "kata")


def check_runtimes(info: Mapping[str, Any], settings: Settings) -> None:
    """See that the engine has what the operator asks for, and that pods can work with it.

    Args:
        info: What the engine says of itself.
        settings: ``pod_runtime`` and ``build_runtime``.

    Raises:
        PlatformError: ``engine.no_runtime``, ``engine.pod_runtime`` or ``engine.build_runtime``.
    """
    has: Mapping[str, Any] = info.get("Runtimes") or {}
    default = str(info.get("DefaultRuntime") or "")
    known = ", ".join(sorted(has)) or "none"
    for name in (settings.pod_runtime, settings.build_runtime):
        if name is not None and name not in has:
            raise PlatformError("engine.no_runtime", runtime=name, known=known)
    pods = settings.pod_runtime or default
    if _is_alone(pods, has.get(pods) or {}):
        raise PlatformError("engine.pod_runtime", runtime=pods)
    if settings.build_runtime not in (None, default):
        raise PlatformError("engine.build_runtime", runtime=settings.build_runtime, default=default)


def runtime_fields(runtime: str | None) -> dict[str, Any]:
    """The field of the engine's HostConfig that names a runtime; None: the engine's default."""
    return {} if runtime is None else {"Runtime": runtime}


def _is_alone(name: str, row: Mapping[str, Any]) -> bool:
    """Whether a runtime, by its name, program or shim, is one with a kernel of its own."""
    words = (name, str(row.get("path", "")), str(row.get("runtimeType", "")))
    return any(one in word.lower() for word in words for one in _ALONE)
