"""A harness outside any pod, for an app that runs somewhere already."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from grader.domain.verdicts import HarnessKind
from worker.sandbox import labels, own
from worker.sandbox.labels import Identity
from worker.sandbox.process import HarnessProcess
from worker.sandbox.sandbox import Sandbox

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class OutsideHarness:
    """A harness that waits for its first command, and its container."""

    process: HarnessProcess
    container: str
    sandbox: Sandbox

    def close(self) -> None:
        """End it and remove its container."""
        self.process.kill()
        self.sandbox.containers.remove(self.container)


def open_outside(sandbox: Sandbox, submission: str, kind: HarnessKind, host: str) -> OutsideHarness:
    """Start a harness that reaches the network; blocks until it runs.

    Args:
        sandbox: Where its image and limits come from.
        submission: Whose it is.
        kind: Which harness.
        host: Where the app runs: only an app of this very machine is reached through its network.

    Raises:
        PlatformError: If it cannot be started.
    """
    config = own.harness_config(sandbox.image, "", sandbox.harness_limits, (kind.value,))
    config["HostConfig"]["NetworkMode"] = "host" if host in LOOPBACK else "bridge"
    identity = Identity(submission, secrets.token_hex(8))
    config["Labels"] = identity.labels(labels.HARNESS)
    container = sandbox.containers.create(config)
    process = HarnessProcess(sandbox.containers, container, kind)
    sandbox.containers.start(container)
    return OutsideHarness(process, container, sandbox)
