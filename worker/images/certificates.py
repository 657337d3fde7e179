"""The operator's certificates: what a TLS-inspecting network signs with.

Such a network's bundle is usually the public one with a few certificates added. Only those that
are not public are put in images.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import certifi

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
# What Debian holds for public, one file each: some more than certifi does.
DEBIAN_PUBLIC = Path("/usr/share/ca-certificates/mozilla")
# Where Debian keeps the bundle that update-ca-certificates writes.
SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
# Programs that carry certificates of their own and have to be pointed to the system's.
ENVIRONMENT = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")


def private_certificates(bundle: Path | None) -> Mapping[str, bytes]:
    """The certificates of a bundle that are not public ones.

    Args:
        bundle: A PEM file, or None.

    Returns:
        File name (``operator-<fingerprint>.crt``) to PEM text, in a stable order.
    """
    if bundle is None:
        return {}
    public = set(_certificates(Path(certifi.where())))
    for file in DEBIAN_PUBLIC.glob("*.crt"):
        public.update(_certificates(file))
    found = {}
    for body in sorted(set(_certificates(bundle)) - public):
        name = f"operator-{hashlib.sha256(body.encode()).hexdigest()[:16]}.crt"
        lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
        text = f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
        found[name] = text.encode()
    return found


def _certificates(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8", errors="replace")
    return ["".join(body.split()) for body in _PEM.findall(text)]
