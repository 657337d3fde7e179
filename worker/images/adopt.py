"""Images that are pulled: given our label, our name, and the operator's certificates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from grader.settings import Settings
from worker.images.catalogue import ORIGIN_LABEL, PREFIX, ROLE_BASE, ROLE_LABEL
from worker.images.certificates import ENVIRONMENT, SYSTEM_BUNDLE, private_certificates
from worker.images.context import pack
from worker.images.reference import parse
from worker.sandbox.image_build import BuildError, BuildRequest
from worker.sandbox.images import ImageStore

PULL_TIMEOUT_S = 20.0
_LOCAL = "/usr/local/share/ca-certificates"


def adopt(
    store: ImageStore,
    settings: Settings,
    reference: str,
    progress: Callable[[str], None],
    *,
    name: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> str | None:
    """Pull an image and make it one of the operator's base images.

    Args:
        store: The engine's images.
        settings: The CA bundle.
        reference: What to pull, with or without tag and digest.
        progress: Told before it starts.
        name: Our name for it; by default ``grader/base/<repository>:<tag>``.
        labels: Further labels.

    Returns:
        Our name of it, or None where the registry has none or does not answer.
    """
    wanted = parse(reference)
    official = reference if ":" in reference.rpartition("/")[2] else f"{reference}:{wanted.tag}"
    progress(f"pulling {official}")
    if store.pull(official, timeout_s=PULL_TIMEOUT_S) is None:
        return None
    ours = name or f"{PREFIX}{wanted.repository}:{wanted.tag or wanted.digest[7:19]}"
    all_labels = {ROLE_LABEL: ROLE_BASE, ORIGIN_LABEL: "pulled", **(labels or {})}
    certificates = private_certificates(settings.ca_bundle)
    lines = [f"FROM {official}"]
    if certificates:
        trusting = [
            f"COPY certificates/ {_LOCAL}/",
            f"RUN mkdir -p /etc/ssl/certs && cat {_LOCAL}/*.crt >> {SYSTEM_BUNDLE}",
            environment(),
        ]
        files = {f"certificates/{file}": text for file, text in certificates.items()}
        # An image without a shell has no use for certificates while it is built either.
        with suppress(BuildError):
            _build(store, ours, [*lines, *trusting], files, all_labels)
            return ours
    _build(store, ours, lines, {}, all_labels)
    return ours


def environment() -> str:
    """The Dockerfile line that points programs to the system's certificates."""
    return "ENV " + " ".join(f"{name}={SYSTEM_BUNDLE}" for name in ENVIRONMENT)


def _build(
    store: ImageStore,
    name: str,
    lines: list[str],
    files: Mapping[str, bytes],
    labels: Mapping[str, str],
) -> None:
    # USER root for this layer only would need the image's own user afterwards: official base
    # images run as root.
    dockerfile = "\n".join(lines).encode() + b"\n"
    with pack({"Dockerfile": dockerfile, **files}) as tar:
        store.build(BuildRequest(tar, name, labels=labels, cache_from=None, limits=None))
