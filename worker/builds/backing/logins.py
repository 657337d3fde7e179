"""Who an app is to its services: what a learner wrote down, else the usual."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from worker.builds.backing.addresses import Address, find_addresses, here, is_plain_host, local_host
from worker.builds.backing.dotenv import read_dotenv
from worker.builds.backing.reading import Text, Texts
from worker.builds.backing.variables import Login, part_of

MOST_NAMES = 6
_USUAL = {
    "postgres": ("postgres", "postgres", "app"),
    "mysql": ("root", "root", "app"),
    "redis": ("", "", "0"),
    "rabbitmq": ("guest", "guest", ""),
    "mongodb": ("", "", "app"),
}
_SCHEMES = {
    "postgres": "postgresql",
    "mysql": "mysql",
    "redis": "redis",
    "rabbitmq": "amqp",
    "mongodb": "mongodb",
}
# POSTGRES_USER: me (compose), db_user: str = "me", getenv("DB_USER", "me"), env.DB_USER || 'me'.
_NAMED = re.compile(
    r"""\b([A-Za-z]\w*)["']?\]?(?:[ \t]*:[ \t]*str)?[ \t]*(?:=|:|,|\|\||\?\?|\)[ \t]*(?:or|\|\|))"""
    r"""[ \t]*["']?([A-Za-z_][\w.-]{0,62})["']?[ \t]*(?=[,;)}\n]|$)""",
    re.M,
)
# connect(user="me"), createPool({user: 'me'}), user: process.env.DB_USER || 'me'.
_KEYWORD = re.compile(
    r"""\b(user(?:name)?|password|passwd|database|dbname|db|host)["']?[ \t]*[:=][ \t]*"""
    r"""(?:[^"'\n]{1,60}?(?:["']\w+["'],|\|\||\?\?)[ \t]*)?["']([^"'\n]{1,63})["']""",
    re.I,
)
_DJANGO_NAME = re.compile(r"""["']NAME["'][ \t]*:[ \t]*["']([\w-]+)["']""")
_SEQUELIZE = re.compile(
    r"""new\s+Sequelize\(\s*["'](\w+)["']\s*,\s*["'](\w+)["']\s*,\s*["']([^"'\n]*)["']"""
)
_CONNECTS = re.compile(
    r"connect\(|create(?:_p|P)ool\(|createConnection\(|new\s+(?:Pool|Client|Sequelize|DataSource|Redis)\("
    r"|DATABASES\b|createClient\("
)
_KEYWORDS = {"username": "user", "passwd": "password", "dbname": "database", "db": "database"}
_SWITCHES_DRIVER = re.compile(r"\.replace\(\s*[rf]?[\"']postgres(?:ql)?://")


@dataclass(slots=True)
class _Found:
    """What was read of one service, in the order in which it counts."""

    address: Address | None = None
    user: list[str] = field(default_factory=list)
    password: list[str] = field(default_factory=list)
    database: list[str] = field(default_factory=list)
    host: list[str] = field(default_factory=list)

    def add(self, part: str, value: str) -> None:
        kept: list[str] = getattr(self, part)
        if value and value not in kept and len(kept) < MOST_NAMES:
            kept.append(value)


@dataclass(frozen=True, slots=True)
class Logins:
    """Of one service.

    Attributes:
        login: The one that variables are set to.
        users: Every user that a text names, so that each may come in.
        databases: Every database, so that each is there.
        hosts: Every name that it is looked for under.
    """

    login: Login
    users: tuple[str, ...]
    databases: tuple[str, ...]
    hosts: tuple[str, ...]


def find_logins(texts: Texts, kinds: tuple[str, ...]) -> dict[str, Logins]:
    """What texts say of each of these services."""
    found = {kind: _Found() for kind in kinds}
    for one in texts.everything():
        for address in find_addresses(one.text):
            if address.kind in found:
                _take(found[address.kind], address)
        for kind, part, value in _named(one, texts, kinds):
            found[kind].add(part, value)
    return {kind: _logins(kind, one, texts) for kind, one in found.items()}


def _take(into: _Found, address: Address) -> None:
    if into.address is None or (address.whole and not into.address.whole):
        into.address = address
    into.add("user", address.user)
    into.add("password", address.password)
    into.add("database", address.database)
    into.add("host", address.host)


def _named(one: Text, texts: Texts, kinds: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Service, part of the address and value, of names that say what they are for."""
    pairs = read_dotenv(one.text).items() if one in texts.environment else _NAMED.findall(one.text)
    for name, value in pairs:
        found = part_of(name)
        kind = next((kind for kind in found[0] if kind in kinds), None) if found else None
        if found and kind and found[1] in ("user", "password", "database", "host"):
            yield kind, found[1], value
    relational = next((kind for kind in kinds if kind in ("postgres", "mysql")), None)
    if one not in texts.code or not relational or not _CONNECTS.search(one.text):
        return
    for database, user, password in _SEQUELIZE.findall(one.text):
        yield relational, "database", database
        yield relational, "user", user
        yield relational, "password", password
    for word, value in _KEYWORD.findall(one.text):
        yield relational, _KEYWORDS.get(word.lower(), word.lower()), value
    for value in _DJANGO_NAME.findall(one.text) if "DATABASES" in one.text else ():
        yield relational, "database", value


def _logins(kind: str, found: _Found, texts: Texts) -> Logins:
    usual = _USUAL[kind]
    address = found.address if found.address and found.address.whole else None
    user = _first(address.user if address else "", found.user, usual[0])
    password = _first(address.password if address else "", found.password, usual[1])
    database = _first(address.database if address else "", found.database, usual[2])
    if kind == "redis" and not database.isdecimal():
        database = "0"
    plain = [host for host in found.host if is_plain_host(host)]
    host = local_host(kind)
    scheme = address.scheme if address else _scheme(kind, found, texts)
    whole = Address(kind, scheme, host, user, password, database, address.query if address else "")
    login = Login(host, user, password, database, here(whole, {}))
    users, databases = [user, *found.user], [database, *found.database]
    return Logins(login, _unique(users), _unique(databases), tuple(plain))


def _first(whole: str, found: list[str], usual: str) -> str:
    return whole or next(iter(found), usual)


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))[:MOST_NAMES]


def _scheme(kind: str, found: _Found, texts: Texts) -> str:
    """With the driver where SQLAlchemy needs to be told: it is told by what is installed."""
    if found.address:
        return found.address.scheme
    listed = "\n".join(one.text for one in texts.lists).lower()
    if not re.search(r"\bsql(?:alchemy|model)\b", listed):
        return _SCHEMES[kind]
    if kind == "mysql":
        for package in ("pymysql", "aiomysql", "asyncmy"):
            if package in listed:
                return f"mysql+{package}"
    if kind == "postgres" and not any(_SWITCHES_DRIVER.search(one.text) for one in texts.code):
        if "psycopg2" in listed:
            return "postgresql"
        if "asyncpg" in listed:
            return "postgresql+asyncpg"
        if re.search(r"\bpsycopg\b", listed):
            return "postgresql+psycopg"
    return _SCHEMES[kind]
