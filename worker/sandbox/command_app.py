"""The container of a command-line project: its first process is our broker, which runs commands.

Before the learner's image nothing is assumed but a kernel: the broker is one static program, in a
volume that the engine filled from our own image. docs/decisions/0011-a-broker-runs-commands.md
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from posixpath import basename
from typing import Any

from worker.sandbox import hardening
from worker.sandbox.app import DEFAULT_ENVIRONMENT, AppSpec
from worker.sandbox.limits import Limits, limit_fields

BROKER_FOLDER = "/.grader"
BROKER = f"{BROKER_FOLDER}/broker"
# As the broker knows them, see worker/images/definitions/broker/broker.h.
SANDBOX = "/sandbox"
WORK = f"{SANDBOX}/work"
SANDBOX_MB = 64
SANDBOX_FILES = 16_384
SANDBOX_OPTIONS = f"rw,exec,nosuid,nodev,size={SANDBOX_MB}m,nr_inodes={SANDBOX_FILES}"
COLUMNS, LINES = 200, 50
# Of a command; an image's own and a learner's win over the first, ours over the second.
USUAL_ENVIRONMENT = {
    **DEFAULT_ENVIRONMENT,
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "xterm",
    # Tables are drawn as wide as this, so that no description is cut.
    "COLUMNS": str(COLUMNS),
    "LINES": str(LINES),
}
OWN_ENVIRONMENT = {"HOME": f"{SANDBOX}/home", "TMPDIR": f"{SANDBOX}/tmp"}  # noqa: S108 - of each check
_MODULE = "-m"
_STARTS_ARGUMENTS = "docker-entrypoint.sh"
_SHELLS = ("sh", "/bin/sh", "bash", "/bin/bash")
_SHELL_SIGNS = re.compile(r"[;&|<>(){}$`\n*?~\\]|^\w+=")


@dataclass(frozen=True, slots=True)
class Program:
    """What is started for each command.

    Attributes:
        words: The program and its own first arguments; paths are relative to ``folder``.
        folder: Of the code: the image's working directory.
        environment: All of it.
    """

    words: tuple[str, ...]
    folder: str
    environment: Mapping[str, str]


def program_of(spec: AppSpec, image_config: Mapping[str, Any]) -> Program:
    """The program that an image, or the plan that it was built by, starts."""
    config = image_config
    words = unshelled(spec.command or _own_words(config))
    folder = str(config.get("WorkingDir") or "/")
    own = dict(pair.partition("=")[::2] for pair in config.get("Env") or ())
    environment = {**USUAL_ENVIRONMENT, **own, **spec.environment, **OWN_ENVIRONMENT}
    if _MODULE in words and "PYTHONPATH" not in environment:
        # Python looks for a module where it is started, and it is started elsewhere.
        environment["PYTHONPATH"] = folder
    return Program(words, folder, environment)


def _own_words(config: Mapping[str, Any]) -> tuple[str, ...]:
    """What an image starts. As with `docker run`, arguments take the place of its CMD, unless its
    ENTRYPOINT is the script of an official image, which only starts what follows it."""
    entrypoint = tuple(config.get("Entrypoint") or ())
    command = tuple(config.get("Cmd") or ())
    if not entrypoint:
        return command
    return (*entrypoint, *command) if basename(entrypoint[0]) == _STARTS_ARGUMENTS else entrypoint


def unshelled(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a start command that a shell would run, so that arguments can follow them."""
    words = tuple(words)
    if (
        len(words) != 3
        or words[0] not in ("sh", "/bin/sh", "bash", "/bin/bash")
        or words[1] != "-c"
    ):
        return words
    line = words[2].strip().removeprefix("exec ")
    if not _SHELL_SIGNS.search(line):
        try:
            return tuple(shlex.split(line)) or words
        except ValueError:
            pass
    # What the line does not hand on itself comes at its end.
    passed = line if "$@" in line or "$*" in line else f'{line} "$@"'
    return (*words[:2], passed, words[0])


def broker_mount(volume: str, *, fill: bool = False) -> dict[str, Any]:
    """The engine's words for the volume with the broker.

    Args:
        volume: Its name.
        fill: Copy the broker into it from the image that mounts it.
    """
    return {
        "Type": "volume",
        "Source": volume,
        "Target": BROKER_FOLDER,
        "ReadOnly": not fill,
        "VolumeOptions": {"NoCopy": not fill},
    }


def command_config(
    spec: AppSpec,
    limits: Limits,
    image_config: Mapping[str, Any],
    *,
    namespace: str,
    mounts: list[dict[str, Any]],
    kernel_memory_tcp: bool,
) -> dict[str, Any]:
    """The body of the engine's ``POST /containers/create`` for a command-line project.

    As process 1 the broker is the one process that nobody in the container can kill, and the
    parent of every orphan. It is root so that it can become the image's user and end what that
    user left; commands have no capability at all.

    Args:
        spec: What was built.
        limits: What it may use, all commands of a moment together.
        image_config: The image's own configuration.
        namespace: The container whose network namespace it joins.
        mounts: Volumes to mount, the broker's among them.
        kernel_memory_tcp: See :func:`worker.sandbox.limits.limit_fields`.
    """
    return {
        "Image": spec.image,
        "Entrypoint": [BROKER, str(image_config.get("User") or "")],
        "Cmd": [],
        "User": "0:0",
        "WorkingDir": "/",
        "Env": [],
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": True,
        "StdinOnce": True,
        "Tty": False,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": {
            **hardening.host_fields(),
            **limit_fields(limits, kernel_memory_tcp=kernel_memory_tcp),
            **hardening.no_log_fields(),
            "NetworkMode": f"container:{namespace}",
            "CapAdd": list(hardening.ROOT_CAPABILITIES),
            "Init": False,
            "Mounts": mounts,
            "Tmpfs": {
                SANDBOX: f"{SANDBOX_OPTIONS},mode=755",
                "/tmp": f"{SANDBOX_OPTIONS},mode=1777",  # noqa: S108 - of each check
            },
        },
    }
