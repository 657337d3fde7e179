"""Where a fetch may go that somebody asked for over the network.

The host's name is resolved once, every address it has must be public, and the first of them is the
only one that is ever dialled: a name that means another address a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from AntiSSRF import IPAddressRanges

from grader.errors import SubmissionError
from grader.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_USUAL = {"http": 80, "https": 443}
# What belongs to nobody in public, to one machine or to one network, in either family.
_SPECIAL = tuple(
    ipaddress.ip_network(row)
    # IPv4 within IPv6 as it was once written (RFC 4291, 2.5.5.1): some systems still dial it.
    for row in (*IPAddressRanges.recommended_latest, "::/96")
)


@dataclass(frozen=True, slots=True)
class Destination:
    """The one address that a fetch dials.

    Attributes:
        host: The name it was asked for.
        port: The port.
        address: None where the operator's proxy dials for us.
    """

    host: str
    port: int
    address: str | None

    @property
    def authority(self) -> str | None:
        """The address as it stands in a URL."""
        if self.address is None:
            return None
        return f"[{self.address}]" if ":" in self.address else self.address


def vet(url: str, location: str, settings: Settings) -> Destination:
    """Decide whether a URL may be fetched.

    Args:
        url: An http(s) URL without credentials.
        location: As its author wrote it, for the words.
        settings: Networks and ports that the operator allows.

    Returns:
        What to dial.

    Raises:
        SubmissionError: ``source.refused_port``, ``source.refused_address``,
            ``source.unknown_host``.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or _USUAL[parts.scheme]
    allowed = _networks(settings.allowed_networks)
    proxied = parts.scheme in urllib.request.getproxies()
    found = _resolve(host, port)
    if not found and not proxied:
        raise SubmissionError("source.unknown_host", location=location, host=host)
    strange = [address for address in found if not _within(address, allowed)]
    if any(is_special(address) for address in strange):
        raise SubmissionError("source.refused_address", location=location, host=host)
    if (strange or proxied) and str(port) not in settings.remote_ports.replace(" ", "").split(","):
        raise SubmissionError("source.refused_port", location=location, port=port)
    return Destination(host, port, None if proxied else str(found[0]))


def is_special(address: Address) -> bool:
    """Whether an address is not one of the public Internet."""
    inner = _inner(address)
    return inner.is_multicast or not inner.is_global or _within(inner, _SPECIAL)


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where a network would translate it."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _within(address: Address, networks: Sequence[Network]) -> bool:
    inner = _inner(address)
    return any(inner.version == net.version and inner in net for net in networks)


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(row.strip()) for row in text.split(",") if row.strip())


def _resolve(host: str, port: int) -> list[Address]:
    """All addresses of a name, in whichever spelling an address stands in its place."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    texts = dict.fromkeys(str(row[4][0]).partition("%")[0] for row in rows)
    return [ipaddress.ip_address(text) for text in texts]
