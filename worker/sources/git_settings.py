"""What git is told: nothing of the machine's or the learner's configuration, all of ours.

This follows git's own advice on untrusted repositories (git(1), SECURITY) and the list of past
holes in its transports: only http and https, no redirects, no submodules, no filters, no hooks,
no prompts, objects checked as they arrive, and never a work tree.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from grader.settings import Settings
from worker.sources.destination import Destination

# A server that sends less than this for so long is taken for dead.
_LOW_SPEED_BYTES = 1000
_LOW_SPEED_SECONDS = 20
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

# Faults that old but honest tools left in real histories; nothing here depends on them, and git
# reads such objects anyway. What could do harm (names like .git or ..) stays an error.
_HARMLESS_FAULTS = (
    "badDate",
    "badDateOverflow",
    "badEmail",
    "badName",
    "badTimezone",
    "gitmodulesName",
    "gitmodulesParse",
    "gitmodulesPath",
    "gitmodulesSymlink",
    "gitmodulesUpdate",
    "gitmodulesUrl",
    "missingEmail",
    "missingNameBeforeEmail",
    "missingSpaceBeforeDate",
    "missingSpaceBeforeEmail",
    "missingTaggerEntry",
    "zeroPaddedDate",
    "zeroPaddedFilemode",
)


def environment_of(
    settings: Settings,
    home: Path,
    authorization: str | None,
    destination: Destination | None = None,
) -> dict[str, str]:
    """All variables that git sees.

    Args:
        settings: Protocols and CA bundle.
        home: An empty folder of the worker's.
        authorization: Value of an HTTP header to send, or ``None``. It travels in the
            environment, since the arguments of a process are public.
        destination: The one address to dial, or ``None``.
    """
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "GIT_SSH_COMMAND": "false",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_ALLOW_PROTOCOL": settings.git_protocols,
    }
    dialled = destination and destination.authority
    for name in () if dialled else _PROXY_VARIABLES:
        for variable in (name, name.upper()):
            if variable in os.environ:
                environment[variable] = os.environ[variable]
    if settings.ca_bundle:
        environment["GIT_SSL_CAINFO"] = str(_bundle(settings.ca_bundle, home))
    pairs = _configuration(settings.git_protocols)
    if destination and dialled:
        pairs += _pinned(destination, dialled)
    if authorization:
        pairs.append(("http.extraHeader", f"Authorization: {authorization}"))
    environment["GIT_CONFIG_COUNT"] = str(len(pairs))
    for index, (key, value) in enumerate(pairs):
        environment[f"GIT_CONFIG_KEY_{index}"] = key
        environment[f"GIT_CONFIG_VALUE_{index}"] = value
    return environment


def _configuration(protocols: str) -> list[tuple[str, str]]:
    pairs = [
        ("protocol.allow", "never"),
        *((f"protocol.{name}.allow", "always") for name in protocols.split(":")),
        ("http.followRedirects", "false"),
        ("http.lowSpeedLimit", str(_LOW_SPEED_BYTES)),
        ("http.lowSpeedTime", str(_LOW_SPEED_SECONDS)),
        ("transfer.fsckObjects", "true"),
        ("fetch.fsckObjects", "true"),
        *((f"fetch.fsck.{fault}", "ignore") for fault in _HARMLESS_FAULTS),
        ("fetch.recurseSubmodules", "false"),
        ("submodule.recurse", "false"),
        # Always one pack, so that the cap on the size of a file is a cap on the whole.
        ("fetch.unpackLimit", "1"),
        ("transfer.bundleURI", "false"),
        ("core.symlinks", "false"),
        ("core.hooksPath", os.devnull),
        ("core.fsmonitor", "false"),
        ("core.attributesFile", os.devnull),
        # Larger blobs are copied as a stream, not held in memory.
        ("core.bigFileThreshold", "1m"),
        ("pack.threads", "1"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("credential.helper", ""),
        ("safe.bareRepository", "explicit"),
        ("protocol.version", "2"),
    ]
    return pairs


def _pinned(destination: Destination, authority: str) -> list[tuple[str, str]]:
    """The name means one address, also after the step up to https: CURLOPT_RESOLVE of libcurl."""
    ports = dict.fromkeys((destination.port, 443))
    return [("http.curloptResolve", f"{destination.host}:{port}:{authority}") for port in ports]


def _bundle(ca_bundle: Path, home: Path) -> Path:
    """The operator's CA bundle together with the usual one: git takes one file, not two."""
    usual = ssl.get_default_verify_paths().cafile
    parts = [ca_bundle.read_bytes()]
    if usual and Path(usual).is_file() and not Path(usual).samefile(ca_bundle):
        parts.append(Path(usual).read_bytes())
    both = home / "ca.pem"
    both.write_bytes(b"\n".join(parts))
    return both
