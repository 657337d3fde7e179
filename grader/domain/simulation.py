"""Outside services that are simulated inside a pod: which there are, and where they listen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

SimulatedHost = Literal["api.github.com"]
"""Hosts that the kit has a simulator of."""

SIMULATED_NETWORK = "127.53.0."
"""Loopback addresses on which nobody but a simulator listens."""


def addresses_of(hosts: Sequence[str]) -> dict[str, str]:
    """The loopback address of each host: one of its own, so that one of them can be down."""
    return {host: f"{SIMULATED_NETWORK}{number}" for number, host in enumerate(hosts, start=1)}
