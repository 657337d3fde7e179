"""All simulators of a pod together, in their own process."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from harnesses.kit.simulators.catalogue import USUAL
from harnesses.kit.simulators.doors import Doors, Endpoint
from harnesses.kit.simulators.exchange import Call, Script
from harnesses.kit.simulators.stage import Stage
from harnesses.kit.simulators.trust import make_trust


class House:
    """Simulators that listen.

    Args:
        addresses: Each host and where it listens.
        folder: For what the learner's program is to trust.
        ports: For TLS and for plain HTTP.

    Raises:
        OSError: If an address is taken.
        KeyError: If there is no simulator of a host.
    """

    def __init__(self, addresses: Mapping[str, str], folder: Path, ports: tuple[int, int]) -> None:
        self._addresses = addresses
        self._ports = ports
        self._stage = Stage({host: USUAL[host]() for host in addresses})
        self._doors = Doors(self._stage, make_trust(addresses, folder))
        for host, address in addresses.items():
            self._doors.open(Endpoint(host, address, ports[0], secure=True))

    def open_plain(self) -> None:
        """See :meth:`harnesses.kit.simulators.process.Simulators.open_plain`."""
        for host, address in self._addresses.items():
            with contextlib.suppress(OSError):
                self._doors.open(Endpoint(host, address, self._ports[1], secure=False))

    def begin(self) -> None:
        """As above."""
        for host in self._addresses:
            self._doors.refuse(host, refuses=False)
        self._doors.hang_up()
        self._stage.begin()

    def play(self, host: str, script: Script) -> None:
        """As above."""
        self._stage.play(host, script)
        self._doors.refuse(host, refuses=script.refuses)

    def calls(self, host: str) -> tuple[int, tuple[Call, ...]]:
        """How often a host was asked, and the first calls."""
        return self._stage.calls(host)
