"""Our own containers of a pod: the one that holds its network, its volumes, its harnesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from worker.sandbox import hardening
from worker.sandbox.limits import Limits, limit_fields

SLEEP = ("sleep", "infinity")
SLEEPER = Limits(memory_mb=32, pids=8, disk_mb=1)
HARNESS_COMMAND = ("/opt/venv/bin/python", "-I", "-m", "harnesses.kit")
HARNESS_ENVIRONMENT = {
    "HOME": "/tmp",  # noqa: S108 - a tmpfs of the harness's own
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}
SCRATCH_OPTIONS = "rw,nosuid,nodev,size=64m,mode=1777"
# Names are never resolved outside: asking nobody fails at once, asking a server that cannot be
# reached would be waited for.
NO_NAME_SERVER = "127.0.0.1"


def pause_config(
    image: str,
    aliases: Mapping[str, str],
    mounts: Sequence[Mapping[str, Any]] = (),
    *,
    ipv6: bool = True,
) -> dict[str, Any]:
    """The container that owns a pod's network namespace and does nothing else.

    Args:
        image: Any image of ours that has ``sleep``.
        aliases: Host names that the pod resolves, and their addresses.
        mounts: Volumes that the engine fills from the image when this is made.
        ipv6: Whether its loopback has an IPv6 address.
    """
    config = _sleeper(image)
    config["HostConfig"] |= {
        "NetworkMode": "none",
        "Sysctls": hardening.POD_SYSCTLS | (hardening.IPV6_SYSCTLS if ipv6 else {}),
        "Dns": [NO_NAME_SERVER],
        "DnsSearch": ["."],
        "ExtraHosts": [f"{name}:{address}" for name, address in aliases.items()],
        "Mounts": list(mounts),
    }
    return config


def holder_config(image: str, namespace: str, volumes: Sequence[str]) -> dict[str, Any]:
    """A container that keeps volumes mounted while the app's restarts."""
    config = _sleeper(image)
    config["HostConfig"] |= {
        "NetworkMode": f"container:{namespace}",
        "Mounts": [
            {
                "Type": "volume",
                "Source": volume,
                "Target": f"/held/{index}",
                "VolumeOptions": {"NoCopy": True},
            }
            for index, volume in enumerate(volumes)
        ],
    }
    return config


def harness_config(
    image: str,
    namespace: str,
    limits: Limits,
    args: Sequence[str],
    command: Sequence[str] = (),
    mounts: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """A harness; its standard streams are the worker's, and end with it.

    Args:
        image: The harness image.
        namespace: The container whose network namespace it joins.
        limits: What it may use.
        args: Its kind, and the hosts that it simulates.
        command: What takes these arguments; empty: the kit.
        mounts: Volumes to mount.
    """
    return {
        "Image": image,
        "Entrypoint": [*(command or HARNESS_COMMAND), *args],
        "Cmd": [],
        "User": hardening.HARNESS_USER,
        "Env": [f"{name}={value}" for name, value in HARNESS_ENVIRONMENT.items()],
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": True,
        "StdinOnce": True,
        "Tty": False,
        "HostConfig": {
            **hardening.host_fields(),
            **limit_fields(limits),
            **hardening.no_log_fields(),
            "NetworkMode": f"container:{namespace}",
            "ReadonlyRootfs": True,
            "Tmpfs": {"/tmp": SCRATCH_OPTIONS},  # noqa: S108
            "Mounts": list(mounts),
        },
    }


def _sleeper(image: str) -> dict[str, Any]:
    return {
        "Image": image,
        "Entrypoint": list(SLEEP),
        "Cmd": [],
        "User": hardening.PAUSE_USER,
        "HostConfig": {
            **hardening.host_fields(),
            **limit_fields(SLEEPER),
            **hardening.no_log_fields(),
            "ReadonlyRootfs": True,
        },
    }
