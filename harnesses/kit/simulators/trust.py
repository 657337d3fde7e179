"""A certificate authority that is thrown away, and the files by which programs trust it.

The files go to a folder that the learner's container sees read-only; the authority's key never
leaves the memory of the process that made it. docs/decisions/0016-simulated-services.md
"""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Collection
from pathlib import Path

import certifi
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PKCS12Certificate,
    serialize_java_truststore,
)

BUNDLES = ("ca-certificates.crt", "ca-bundle.crt", "cert.pem")
"""What distributions call the bundle of all authorities."""
JAVA_STORE = "java/cacerts"
JAVA_PASSWORD = b"changeit"
"""The one that every Java expects of its own store."""
CERTIFI = "python/certifi"


def make_trust(hosts: Collection[str], folder: Path) -> ssl.SSLContext:
    """Make an authority and certificates for hosts.

    Args:
        hosts: Who is vouched for.
        folder: Where to put the files of those who are to trust it.

    Returns:
        The server's side of TLS.
    """
    authority = trustme.CA(organization_name="Grader", organization_unit_name="Simulators")
    certificate = authority.cert_pem.bytes()
    for name in BUNDLES:
        (folder / name).write_bytes(certificate)
    _for_java(certificate, folder / JAVA_STORE)
    _for_certifi(certificate, folder / CERTIFI)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(*hosts).configure_cert(context)
    return context


def _for_java(certificate: bytes, file: Path) -> None:
    entry = PKCS12Certificate(x509.load_pem_x509_certificate(certificate), b"grader")
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(serialize_java_truststore([entry], BestAvailableEncryption(JAVA_PASSWORD)))


def _for_certifi(certificate: bytes, folder: Path) -> None:
    """A certifi that comes before the program's own: many name its bundle, and no variable."""
    shutil.copytree(
        Path(certifi.__file__).parent,
        folder,
        ignore=shutil.ignore_patterns("__pycache__", "cacert.pem"),
    )
    (folder / "cacert.pem").write_bytes(certificate)
