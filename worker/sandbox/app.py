"""What an app's container is started with, and how it is doing."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from worker.sandbox import hardening
from worker.sandbox.limits import Limits, limit_fields

# Without it the prints of a Python app that is killed are lost in its buffer, and with them what
# would have explained the ending.
DEFAULT_ENVIRONMENT = {"PYTHONUNBUFFERED": "1"}

# In the container's own layer: there after a restart, not in the next pod.
PREPARED = "/tmp/.grader-prepared"  # noqa: S108
PREPARE_S = 60

Limit = Literal["", "memory", "pids", "disk", "files", "output"]
NOT_STARTED = Limits(memory_mb=0, pids=0)


@dataclass(frozen=True, slots=True)
class AppSpec:
    """An app to run.

    Attributes:
        image: As the engine knows it.
        command: Replaces the image's entrypoint and command; None: the image's own.
        environment: Besides what the image sets, and before it.
        limits: None: the operator's.
        defaults: Environment where the image itself does not set it.
        prepare: Shell commands to run in the container before its first start.
    """

    image: str
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Limits | None = None
    defaults: Mapping[str, str] = field(default_factory=dict)
    prepare: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppStatus:
    """How an app's container is doing.

    Attributes:
        running: Whether its first process runs.
        exit_code: Of its first process; None while it runs, or when the container is gone.
        limit: The limit that ended it or keeps it from working, if any.
        memory_kills: Processes that the kernel killed for memory, also children that the app
            survived.
        pids: Processes and threads now; None when it does not run.
        restarts: How often :meth:`Pod.restart_app` restarted it.
        limits: What it may use.
    """

    running: bool
    exit_code: int | None = None
    limit: Limit = ""
    memory_kills: int = 0
    pids: int | None = None
    restarts: int = 0
    limits: Limits = NOT_STARTED


def app_config(
    spec: AppSpec,
    limits: Limits,
    image_config: Mapping[str, Any],
    *,
    namespace: str,
    mounts: list[dict[str, Any]],
    kernel_memory_tcp: bool,
) -> dict[str, Any]:
    """The body of the engine's ``POST /containers/create`` for an app.

    Args:
        spec: What to run.
        limits: What it may use.
        image_config: The image's own configuration.
        namespace: The container whose network namespace it joins.
        mounts: Volumes to mount.
        kernel_memory_tcp: See :func:`worker.sandbox.limits.limit_fields`.
    """
    own = {pair.partition("=")[0] for pair in image_config.get("Env") or ()}
    defaults = {name: value for name, value in spec.defaults.items() if name not in own}
    environment = {**DEFAULT_ENVIRONMENT, **defaults, **spec.environment}
    config: dict[str, Any] = {
        "Image": spec.image,
        "Env": [f"{name}={value}" for name, value in environment.items()],
        "OpenStdin": False,
        "Tty": False,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": {
            **hardening.host_fields(),
            **limit_fields(limits, kernel_memory_tcp=kernel_memory_tcp),
            **hardening.log_fields(),
            "NetworkMode": f"container:{namespace}",
            "CapAdd": hardening.capabilities_for(str(image_config.get("User") or "")),
            "Init": True,
            "Mounts": mounts,
        },
    }
    words = None if spec.command is None else list(spec.command)
    if spec.prepare:
        words = _prepared(spec.prepare, words or _own_words(image_config))
    if words is not None:
        config["Entrypoint"] = words
        config["Cmd"] = []
    return config


def _own_words(image_config: Mapping[str, Any]) -> list[str]:
    return [*(image_config.get("Entrypoint") or ()), *(image_config.get("Cmd") or ())]


def _prepared(prepare: tuple[str, ...], words: list[str]) -> list[str]:
    """A command that runs others before it, once; it starts all the same when they fail."""
    commands = shlex.quote(" && ".join(f"{{ {command}; }}" for command in prepare))
    line = (
        f"[ -e {PREPARED} ] || {{ timeout {PREPARE_S} sh -c {commands} && : > {PREPARED}; }} || "
        "echo 'grader: what prepares the app failed, see above; it is started all the same' >&2\n"
        'exec "$@"'
    )
    return ["sh", "-c", line, "sh", *words]
