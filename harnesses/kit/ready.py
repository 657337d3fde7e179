"""Finding out where an app listens and when it is ready, from inside its network namespace.

The kernel's own list of listening sockets (``/proc/net/tcp`` and ``tcp6``, see proc(5)) is the
source: no port need be declared, and an app that binds 127.0.0.1 only is found as well.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from grader.domain.events import NotReady, Ready, Setup
from grader.domain.simulation import SIMULATED_NETWORK
from grader.domain.text import clean
from harnesses.kit.connect import trust

LISTEN = "0A"
POLL_S = 0.025
PROBE_TIMEOUT_S = 5.0
PATIENCE_WITH_5XX_S = 10.0


@dataclass(frozen=True, order=True)
class Listener:
    """A listening TCP socket."""

    port: int
    address: str

    @property
    def host(self) -> str:
        """Where to reach it from the same namespace."""
        if self.address in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
            return "127.0.0.1"
        return self.address

    def __str__(self) -> str:
        return (
            f"[{self.address}]:{self.port}"
            if ":" in self.address
            else (f"{self.address}:{self.port}")
        )


def listeners(proc: Path = Path("/proc/net")) -> list[Listener]:
    """The sockets that listen in this network namespace, by port."""
    found: set[Listener] = set()
    for name in ("tcp", "tcp6"):
        with suppress(FileNotFoundError):
            found.update(_parse((proc / name).read_text()))
    return sorted(found)


def _parse(table: str) -> Iterator[Listener]:
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 3 and fields[3] == LISTEN:
            address, port = fields[1].split(":")
            yield Listener(int(port, 16), _address(address))


def _address(hexadecimal: str) -> str:
    """An address as the kernel prints it: 32-bit words in the machine's own byte order."""
    words = bytes.fromhex(hexadecimal)
    if len(words) == 4:
        return str(IPv4Address(words[::-1]))
    swapped = b"".join(words[i : i + 4][::-1] for i in range(0, 16, 4))
    address = IPv6Address(swapped)
    return str(address.ipv4_mapped or address)


@dataclass
class _Seen:
    """What the probes met so far, for the words when none succeeds."""

    cause: str = ""
    first_5xx: float | None = None
    certificate: bool = False


def wait_until_ready(setup: Setup) -> Ready | NotReady:
    """Wait until the app answers over HTTP.

    An answer below 500 to ``ready_path`` means ready. An app that answers 5xx only is given
    :data:`PATIENCE_WITH_5XX_S` to get over it, then checked as it is.

    Returns:
        ``Ready`` with the address, or ``NotReady`` with what was seen when
        ``setup.ready_timeout`` seconds were over.
    """
    started = time.monotonic()
    seen = _Seen()
    while (waited := time.monotonic() - started) < setup.ready_timeout:
        for host, port in _candidates(setup):
            status = _probe(_connection(setup, host, port), setup.project.run.ready_path, seen)
            if seen.certificate:  # it does not get better by waiting
                return NotReady(seconds=time.monotonic() - started, cause=seen.cause)
            if status is None:
                continue
            now = time.monotonic() - started
            if status >= 500 and seen.first_5xx is None:
                seen.first_5xx = now
            if status < 500 or now - (seen.first_5xx or 0) > PATIENCE_WITH_5XX_S:
                return Ready(host=host, port=port, seconds=now)
        time.sleep(POLL_S if waited < 5 else POLL_S * 4)
    return NotReady(
        seconds=setup.ready_timeout,
        listening=tuple(str(listener) for listener in _of_the_app(setup)[:20]),
        cause=seen.cause,
    )


def _candidates(setup: Setup) -> list[tuple[str, int]]:
    """Where to look: the port that was declared and no other, else every listening one."""
    if setup.host != "127.0.0.1":
        return [(setup.host, setup.port or (443 if setup.scheme == "https" else 80))]
    found = [one for one in _of_the_app(setup) if setup.port in (None, one.port)]
    pairs = [(listener.host, listener.port) for listener in found]
    return pairs + [("::1", one.port) for one in found if one.address == "::"]


def _of_the_app(setup: Setup) -> list[Listener]:
    """The sockets that are none of the services beside the app, nor of the simulated ones."""
    return [
        one
        for one in listeners()
        if one.port not in setup.occupied and not one.address.startswith(SIMULATED_NETWORK)
    ]


def _connection(setup: Setup, host: str, port: int) -> http.client.HTTPConnection:
    if setup.scheme == "https":
        context = trust(setup)
        return http.client.HTTPSConnection(host, port, timeout=PROBE_TIMEOUT_S, context=context)
    return http.client.HTTPConnection(host, port, timeout=PROBE_TIMEOUT_S)


def _probe(connection: http.client.HTTPConnection, path: str, seen: _Seen) -> int | None:
    """The status of one GET, or None where no HTTP answer came."""
    late = threading.Event()
    timer = threading.Timer(PROBE_TIMEOUT_S, _cut_off, (connection, late))
    timer.daemon = True
    with closing(connection):
        timer.start()
        try:
            connection.request("GET", path, headers={"Accept": "*/*", "Connection": "close"})
            status = connection.getresponse().status
            if late.is_set():  # the end of what came was ours, not the app's
                raise TimeoutError
            return status
        except (OSError, http.client.HTTPException, ValueError) as error:
            cause: Exception = TimeoutError("no whole header in time") if late.is_set() else error
            seen.cause = clean(f"port {connection.port}: {type(cause).__name__}: {cause}", 300)
            seen.certificate = isinstance(error, ssl.SSLCertVerificationError)
            return None
        finally:
            timer.cancel()


def _cut_off(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """End an exchange: a header that comes byte by byte, or 1xx answers without end, never does.

    The connection's own time-out is that of a single read.
    """
    late.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
