"""The process of the simulators, and the harness's end of the line to it.

It is a process of its own so that whatever a program does to a simulator costs the checks no
time, and a load test none of its clients' time. It is told what to play over a pair of sockets
that only these two have: no address of the pod leads there.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.domain.verdicts import Fault
from harnesses.kit.failures import Undecidable
from harnesses.kit.simulators.exchange import Call, Script

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

TRUST_FOLDER = Path("/.grader-trust")
SECURE, PLAIN = 443, 80
START_S = 15.0
ANSWER_S = 10.0


class SimulatorsBroken(Undecidable):
    """The simulators do not answer, for a fault of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the simulated services do not work: {why}", Fault.PLATFORM)


class Simulators:
    """Simulated services, each at an address of its own. Made by :func:`start_simulators`."""

    def __init__(self, line: Connection, hosts: tuple[str, ...]) -> None:
        self._line = line
        self._lock = threading.Lock()
        self.hosts = hosts

    def wait_until_open(self) -> None:
        """Wait until they listen, over TLS.

        Raises:
            SimulatorsBroken: If they do not.
        """
        self._receive(START_S)

    def open_plain(self) -> None:
        """Listen for plain HTTP as well, where the learner's app has not taken that port."""
        self._ask("open_plain")

    def begin(self) -> None:
        """Forget all calls, end what goes on, and play what is usual."""
        self._ask("begin")

    def play(self, host: str, script: Script) -> None:
        """Have a host behave in a way from now on, until :meth:`begin`."""
        self._ask("play", host, script)

    def calls(self, host: str) -> tuple[Call, ...]:
        """What a host was asked since :meth:`begin`, in order: the first thousand calls."""
        kept: tuple[Call, ...] = self._ask("calls", host)[1]
        return kept

    def count(self, host: str) -> int:
        """How often a host was asked since :meth:`begin`."""
        return int(self._ask("calls", host)[0])

    def end(self) -> None:
        """End them; more than once is fine. Otherwise they end with this process."""
        self._line.close()

    def _ask(self, what: str, *args: Any) -> Any:
        with self._lock:
            try:
                self._line.send((what, args))
            except OSError as error:
                raise SimulatorsBroken(str(error)) from error
            return self._receive(ANSWER_S)

    def _receive(self, seconds: float) -> Any:
        try:
            if not self._line.poll(seconds):
                raise SimulatorsBroken(f"no answer within {seconds:g} s")
            value = self._line.recv()
        except (OSError, EOFError) as error:
            raise SimulatorsBroken("they have ended") from error
        if isinstance(value, Exception):
            raise SimulatorsBroken(f"{type(value).__name__}: {value}") from value
        return value


def start_simulators(
    addresses: Mapping[str, str],
    folder: Path = TRUST_FOLDER,
    ports: tuple[int, int] = (SECURE, PLAIN),
) -> Simulators:
    """Start simulators; call it before this process has threads, for it is copied.

    Args:
        addresses: Each host and the address on which it is simulated.
        folder: Where to put the certificates that the learner's program is to trust.
        ports: For TLS and for plain HTTP.

    Returns:
        The line to them; they may not listen yet.
    """
    import multiprocessing  # most harnesses simulate nothing, and need not wait for it

    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(
        target=_run, args=(theirs, ours, dict(addresses), folder, ports), daemon=True
    )
    process.start()
    theirs.close()
    return Simulators(ours, tuple(addresses))


def _run(
    line: Connection,
    others: Connection,
    addresses: Mapping[str, str],
    folder: Path,
    ports: tuple[int, int],
) -> None:
    others.close()
    # Standard input and output belong to the harness's protocol.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    try:
        from harnesses.kit.simulators.house import House  # what it imports, nobody else waits for

        house = House(addresses, folder, ports)
        line.send(None)
    except Exception as error:
        line.send(error)
        return
    with contextlib.suppress(EOFError, OSError):
        while True:
            what, args = line.recv()
            try:
                answer = getattr(house, what)(*args)
            except Exception as error:
                print(f"simulators: {what}: {error!r}", file=sys.stderr)
                answer = error
            line.send(answer)
