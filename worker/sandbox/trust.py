"""How a learner's container trusts the services that are simulated in its pod.

The harness writes certificates into a volume that the learner's container mounts read-only, at a
folder of ours and where distributions keep theirs; variables of the environment name them for
programs that look elsewhere. docs/decisions/0016-simulated-services.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FOLDER = "/.grader-trust"
SYSTEM_FOLDER = "/etc/ssl/certs"
TARGETS = (FOLDER, SYSTEM_FOLDER)
# What is in it: harnesses/kit/simulators/trust.py
BUNDLE = f"{FOLDER}/ca-certificates.crt"
JAVA_STORE = f"{FOLDER}/java/cacerts"
PYTHON_FOLDER = f"{FOLDER}/python"
# The harness, which alone mounts it writable, has a user without rights.
VOLUME_OPTIONS = {
    "type": "tmpfs",
    "device": "tmpfs",
    "o": "size=4m,nr_inodes=256,mode=0777,nosuid,nodev,noexec",
}
BUNDLE_VARIABLES = (
    "SSL_CERT_FILE",  # OpenSSL, and with it Python, Ruby, PHP; Go; httpx
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "DENO_CERT",
)
_JAVA_OPTIONS = (
    f"-Djavax.net.ssl.trustStore={JAVA_STORE} -Djavax.net.ssl.trustStorePassword=changeit"
)


def mount(volume: str, target: str = FOLDER, *, writable: bool = False) -> dict[str, Any]:
    """The engine's words for the volume with the certificates."""
    return {
        "Type": "volume",
        "Source": volume,
        "Target": target,
        "ReadOnly": not writable,
        "VolumeOptions": {"NoCopy": True},
    }


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The variables of a program that is to trust the simulators.

    Args:
        given: What it has without them, its image's among it.

    Returns:
        Those that change.
    """
    changed = dict.fromkeys(BUNDLE_VARIABLES, BUNDLE)
    # A certifi of ours comes first: programs that name its bundle do not look at any variable.
    others = given.get("PYTHONPATH", "")
    changed["PYTHONPATH"] = f"{PYTHON_FOLDER}:{others}" if others else PYTHON_FOLDER
    if "JAVA_HOME" in given:  # Java says on standard error that it was given options
        options = f"{given.get('JAVA_TOOL_OPTIONS', '')} {_JAVA_OPTIONS}"
        changed["JAVA_TOOL_OPTIONS"] = options.strip()
    return changed
