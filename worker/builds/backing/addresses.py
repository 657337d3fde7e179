"""Addresses of services in texts, and who logs in there as what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from worker.builds.backing.tables import PORTS, SCHEMES

LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - compared, not bound
_URL = re.compile(
    rf"""\b((?:{"|".join(sorted(SCHEMES, reverse=True))})(?:\+\w+)?)://([^\s"'`<>\\)\],;]*)"""
)
_PLAIN_HOST = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
# How a server far away is spoken to.
_FAR_AWAY = frozenset(
    {"sslmode", "ssl", "channel_binding", "sslaccept", "pgbouncer", "ssl_cert_reqs"}
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a text says that a service is.

    Attributes:
        kind: Of the service.
        scheme: With its driver: ``postgresql+asyncpg``.
        host: Empty where it is not written out.
        user: As ``password`` and ``database``: empty where it is not written out.
        password: Of that user.
        database: Its name; of Redis its number; of RabbitMQ the virtual host.
        query: What follows a question mark.
    """

    kind: str
    scheme: str
    host: str = ""
    user: str = ""
    password: str = ""
    database: str = ""
    query: str = ""

    @property
    def whole(self) -> bool:
        """Whether everything in it is written out, so that it can be handed on."""
        return bool(self.host)


def find_addresses(text: str) -> Iterator[Address]:
    """The addresses in a text; parts that are filled in when the app runs are left empty."""
    for match in _URL.finditer(text):
        scheme, rest = match.groups()
        kind = SCHEMES[scheme.partition("+")[0]]
        if re.search(r"[{}$%]", re.sub(r"%[0-9A-Fa-f]{2}", "", rest)):
            yield Address(kind, scheme)
            continue
        try:
            parts = urlsplit(f"x://{rest}")
            host = parts.hostname or ""
        except ValueError:
            host = ""
        if not host:
            yield Address(kind, scheme)
            continue
        yield Address(
            kind,
            scheme,
            host,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            unquote(parts.path.lstrip("/")),
            parts.query,
        )


def is_plain_host(host: str) -> bool:
    """Whether a name is one of a compose file's services, which the pod can resolve."""
    return bool(_PLAIN_HOST.match(host)) and host not in LOCAL


def local_host(kind: str) -> str:
    """This machine, as clients of a service have to be told so that they use the network.

    To MySQL's own library ``localhost`` means a socket file.
    """
    return "127.0.0.1" if kind == "mysql" else "localhost"


def here(address: Address, defaults: Mapping[str, str]) -> str:
    """The same address on this machine: usual port, no encryption.

    Args:
        address: As it was found.
        defaults: ``user``, ``password`` and ``database`` for what it leaves out.
    """
    host = address.host if is_plain_host(address.host) else local_host(address.kind)
    user = address.user or defaults.get("user", "")
    password = address.password or defaults.get("password", "")
    login = f"{quote(user, '')}:{quote(password, '')}@" if user or password else ""
    database = address.database or defaults.get("database", "")
    # A slash alone would be an empty name to clients of RabbitMQ.
    path = f"/{quote(database, '')}" if database else ""
    kept = [(name, value) for name, value in parse_qsl(address.query) if name not in _FAR_AWAY]
    query = f"?{urlencode(kept)}" if kept else ""
    scheme = address.scheme.replace("rediss", "redis").replace("amqps", "amqp")
    port = PORTS[address.kind]
    return f"{scheme}://{login}{host}:{port}{path}{query}"
