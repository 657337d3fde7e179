"""Environment variables under the names that apps look for their services and secrets by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from worker.builds.backing.tables import PORTS

_URL = ("URL", "URI", "DSN", "CONNECTION_STRING", "CONNECTION_URL", "CONNECTION_URI")
_HOST = ("HOST", "HOSTNAME", "SERVER")
_USER = ("USER", "USERNAME")
_PASSWORD = ("PASSWORD", "PASS", "PASSWD", "PWD", "ROOT_PASSWORD")
_DATABASE = ("NAME", "DATABASE", "DB", "DBNAME", "DB_NAME", "DATABASE_NAME")
# Part of an address -> how names of variables for it end. The longest ending counts.
_ENDINGS: Mapping[str, str] = {
    **dict.fromkeys(_URL, "url"),
    **dict.fromkeys(_HOST, "host"),
    "PORT": "port",
    **dict.fromkeys(_USER, "user"),
    **dict.fromkeys(_PASSWORD, "password"),
    **dict.fromkeys(_DATABASE, "database"),
}
# How names begin -> the services meant, the likeliest first.
_BEGINNINGS: Mapping[str, tuple[str, ...]] = {
    "DB": ("postgres", "mysql", "mongodb"),
    "DATABASE": ("postgres", "mysql", "mongodb"),
    "SQLALCHEMY": ("postgres", "mysql"),
    "SQLALCHEMY_DATABASE": ("postgres", "mysql"),
    "POSTGRES": ("postgres",),
    "POSTGRESQL": ("postgres",),
    "PG": ("postgres",),
    "MYSQL": ("mysql",),
    "MARIADB": ("mysql",),
    "REDIS": ("redis",),
    "CACHE": ("redis",),
    "RABBITMQ": ("rabbitmq",),
    "RABBIT": ("rabbitmq",),
    "RABBITMQ_DEFAULT": ("rabbitmq",),
    "AMQP": ("rabbitmq",),
    "CLOUDAMQP": ("rabbitmq",),
    "BROKER": ("rabbitmq", "redis"),
    "CELERY_BROKER": ("rabbitmq", "redis"),
    "MONGO": ("mongodb",),
    "MONGODB": ("mongodb",),
}
_RUN_TOGETHER = {
    "PGHOST": "PG_HOST",
    "PGPORT": "PG_PORT",
    "PGUSER": "PG_USER",
    "PGPASSWORD": "PG_PASSWORD",
    "PGDATABASE": "PG_DATABASE",
    "MONGO_INITDB_DATABASE": "MONGO_DATABASE",
    "CELERY_RESULT_BACKEND": "REDIS_URL",
    "RESULT_BACKEND": "REDIS_URL",
    "RATELIMIT_STORAGE_URI": "REDIS_URL",
}
# What is set whether a program is seen to read it or not: settings libraries read by other names.
_USUAL_ENDINGS = (
    "URL",
    "URI",
    "HOST",
    "PORT",
    "USER",
    "USERNAME",
    "PASSWORD",
    "PASS",
    "NAME",
    "DB",
)
USUAL = (
    *(f"{beginning}_{ending}" for beginning in _BEGINNINGS for ending in _USUAL_ENDINGS),
    *("DB_DATABASE", "MYSQL_DATABASE", "POSTGRES_DATABASE", "MYSQL_ROOT_PASSWORD"),
    *_RUN_TOGETHER,
)
SECRETS = (
    "SECRET_KEY", "JWT_SECRET", "JWT_SECRET_KEY", "JWT_KEY", "SECRET", "APP_SECRET",
    "APP_SECRET_KEY", "SESSION_SECRET", "COOKIE_SECRET", "AUTH_SECRET", "TOKEN_SECRET",
    "ACCESS_TOKEN_SECRET", "REFRESH_TOKEN_SECRET", "JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET",
    "FLASK_SECRET_KEY", "DJANGO_SECRET_KEY", "ENCRYPTION_SECRET",
)  # fmt: skip
_SECRET = re.compile(r"(?:^|_)SECRET(?:_KEY)?$|^JWT_KEY$")
# A variable that is read: the ways of Python, of Node.js, of settings libraries, of Go and Java.
_READ = re.compile(
    r"""(?:environ(?:\.get)?|[gG]etenv|getEnv|LookupEnv|\benv(?:\.\w+)?|\bconfig)[\[(]\s*["'](\w+)["']"""
    r"""|process\.env(?:\.|\[\s*["'])(\w+)|\benv\(\s*["'](\w+)["']\s*\)"""
)
_FIELD = re.compile(r"^[ \t]+(\w+)\s*:\s*(?:str|int|PostgresDsn|RedisDsn|SecretStr|AnyUrl)\b", re.M)


@dataclass(frozen=True, slots=True)
class Login:
    """Who an app is to a service, and where its data are.

    Attributes:
        host: A name that means this machine.
        user: Empty where the service has no users.
        password: Any will do; empty where none is asked.
        database: Name of the database; empty where there is none.
        url: All of it as one address, in the form that the app's driver reads.
    """

    host: str
    user: str
    password: str
    database: str
    url: str


def part_of(name: str) -> tuple[tuple[str, ...], str] | None:
    """What a variable is for, by its name alone: services that may be meant, part of the address.

    Returns:
        For ``DB_HOST``: ``(("postgres", "mysql", "mongodb"), "host")``; None for other names.
    """
    upper = name.upper()
    upper = _RUN_TOGETHER.get(upper, upper)
    for ending in sorted(_ENDINGS, key=len, reverse=True):
        if upper.endswith(f"_{ending}"):
            kinds = _BEGINNINGS.get(upper[: -len(ending) - 1])
            if kinds:
                return kinds, _ENDINGS[ending]
    return None


def value_for(name: str, logins: Mapping[str, Login]) -> str | None:
    """The value that a variable has to have with these services; None if it is for none of them."""
    found = part_of(name)
    if not found:
        return None
    kinds, part = found
    kind = next((kind for kind in kinds if kind in logins), None)
    if kind is None:
        return None
    if part == "port":
        return str(PORTS[kind])
    value: str = getattr(logins[kind], part)
    # Of what a service does not have nothing is set: a client may take an empty text for a name.
    return value or None


def secret_for(name: str) -> str:
    """A secret that is the same in every grade; whoever could read it is in the pod anyway."""
    return hashlib.sha256(f"grader {name}".encode()).hexdigest()


def is_secret(name: str) -> bool:
    """Whether a name is that of a secret which an app signs or encrypts with."""
    return bool(_SECRET.search(name.upper()))


def names_read(texts: Iterable[str]) -> Iterator[str]:
    """Names of the variables that programs read."""
    for text in texts:
        for groups in _READ.findall(text):
            yield from filter(None, groups)
        if "BaseSettings" in text:
            yield from (name.upper() for name in _FIELD.findall(text))
