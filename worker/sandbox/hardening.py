"""What every container is denied, and what it is granted.

Fields of the engine's HostConfig (Docker Engine API, ``POST /containers/create``).
"""

from __future__ import annotations

from typing import Any

from worker.sandbox import seccomp
from worker.sandbox.limits import LOG_FILE_KB, LOG_FILES

HARNESS_USER = "10002:10002"
PAUSE_USER = "10003:10003"

# An image whose author chose no user runs as root, because it was written and tried as root: its
# files are root's and its start script may hand them to somebody else. These are what such a
# script needs (chown, then run as another user). Nothing that reaches outside the container's own
# files and processes is among them. docs/decisions/0005-user-inside-the-sandbox.md
ROOT_CAPABILITIES = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID")
ROOT_NAMES = ("", "0", "root")

POD_SYSCTLS = {
    # An app may listen on port 80 without being root.
    "net.ipv4.ip_unprivileged_port_start": "0",
    # A container that is started again at home has a new network, so that its port is free; here
    # the network stays, and connections of before would keep the port for a minute.
    "net.ipv4.tcp_max_tw_buckets": "0",
}
# Loopback has IPv6 only where the engine is told so, and on a learner's laptop it has.
IPV6_SYSCTLS = {"net.ipv6.conf.all.disable_ipv6": "0"}


def host_fields() -> dict[str, Any]:
    """What holds for every container: no capability, no new privilege, no restart, own IPC.

    Calls to the kernel are filtered by :mod:`worker.sandbox.seccomp`.
    """
    return {
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges", seccomp.security_option()],
        "RestartPolicy": {"Name": "no"},
        "IpcMode": "private",
        "Privileged": False,
    }


def log_fields() -> dict[str, Any]:
    """A log that the engine keeps in a few small files, whatever is printed."""
    options = {
        "max-size": f"{LOG_FILE_KB}k",
        "max-file": str(LOG_FILES),
        "compress": "false",
    }
    return {"LogConfig": {"Type": "local", "Config": options}}


def no_log_fields() -> dict[str, Any]:
    """No log: for containers whose output goes to an attached worker, or nowhere."""
    return {"LogConfig": {"Type": "none", "Config": {}}}


def capabilities_for(user: str) -> list[str]:
    """The capabilities of an app whose image says ``USER user``; empty: it says nothing."""
    return list(ROOT_CAPABILITIES) if user.partition(":")[0] in ROOT_NAMES else []
