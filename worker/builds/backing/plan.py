"""What services a submission is given, and what it is told of them. Pure: reads texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.builds.backing.addresses import find_addresses, here, is_plain_host
from worker.builds.backing.dotenv import read_dotenv
from worker.builds.backing.evidence import find_needed
from worker.builds.backing.logins import Logins, find_logins
from worker.builds.backing.reading import Texts, read_texts
from worker.builds.backing.scripts import find_scripts, script_of
from worker.builds.backing.tables import EVERYWHERE, HOSTS, RELATIONAL, TITLES
from worker.builds.backing.variables import (
    SECRETS,
    USUAL,
    is_secret,
    names_read,
    part_of,
    secret_for,
    value_for,
)
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest

# The container's own affairs: what a file of settings says of them holds on another machine.
_NOT_PASSED_ON = frozenset(
    {"PORT", "HOST", "PATH", "HOME", "USER", "SHELL", "PWD", "PYTHONPATH", "NODE_PATH",
     "NODE_OPTIONS", "LD_PRELOAD", "LD_LIBRARY_PATH", "TMPDIR"}
)  # fmt: skip
MOST_VALUE = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A service that a submission is given.

    Attributes:
        kind: Its name in :data:`worker.builds.backing.tables.ORDER`.
        why: What shows that it is needed, as phrases.
        logins: Users, databases and names of hosts.
        scripts: Paths of the SQL files that it runs before the app starts.
        script: What is in them.
    """

    kind: str
    why: tuple[str, ...]
    logins: Logins
    scripts: tuple[str, ...] = ()
    script: bytes = b""

    @property
    def fact(self) -> str:
        """For the report: ``PostgreSQL (requirements.txt lists asyncpg)``."""
        return f"{TITLES[self.kind]} ({self.why[0]})"


@dataclass(frozen=True, slots=True)
class BackingPlan:
    """All services of a submission, and the environment that leads to them.

    Attributes:
        services: In a fixed order.
        environment: Variables, each only where the image does not set it itself.
        hosts: Names that have to mean this machine.
    """

    services: tuple[Wanted, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()


def plan_services(folder: Folder, manifest: Manifest) -> BackingPlan:
    """Find out which services the project in a folder needs.

    Args:
        folder: The project, or the repository that it is a folder of.
        manifest: What the learner says; ``services`` in it replaces what would be found.

    Raises:
        SubmissionError: ``service.unknown`` if it lists a service that means nothing.
    """
    texts = read_texts(folder)
    needed = find_needed(texts, manifest.services)
    logins = find_logins(texts, tuple(needed))
    relational = next((kind for kind in needed if kind in RELATIONAL), None)
    paths = find_scripts(folder, texts) if relational else ()
    services = tuple(
        Wanted(
            kind,
            tuple(why),
            logins[kind],
            paths if kind == relational else (),
            script_of(folder, paths) if kind == relational else b"",
        )
        for kind, why in needed.items()
    )
    hosts = [name for one in services for name in (*HOSTS[one.kind], *one.logins.hosts)]
    return BackingPlan(
        services,
        _environment(texts, logins),
        tuple(dict.fromkeys((*hosts, *EVERYWHERE))) if services else (),
    )


def waits_for_database(folder: Folder, manifest: Manifest) -> bool:
    """Whether what prepares a project needs a database that is there only when it runs."""
    needed = find_needed(read_texts(folder), manifest.services)
    return any(kind in RELATIONAL for kind in needed)


def _environment(texts: Texts, found: Mapping[str, Logins]) -> dict[str, str]:
    logins = {kind: one.login for kind, one in found.items()}
    names = (*USUAL, *names_read(one.text for one in texts.code))
    values = {name: secret_for(name) for name in SECRETS}
    for name in names:
        value = value_for(name, logins)
        if value is not None:
            values[name] = value
        elif is_secret(name) and name.isupper():
            values[name] = secret_for(name)
    for one in reversed(texts.environment):
        for name, value in read_dotenv(one.text).items():
            said = _said(name, value, found)
            if said is not None:
                values[name] = said
    return values


def _said(name: str, value: str, found: Mapping[str, Logins]) -> str | None:
    """The value that a learner's own file gives, as it has to be here; None: ours is kept."""
    if name.upper() in _NOT_PASSED_ON or not value or len(value) > MOST_VALUE:
        return None
    address = next(iter(find_addresses(value)), None)
    if address is not None:
        if address.kind not in found:
            return None
        login = found[address.kind].login
        return here(
            address,
            {"user": login.user, "password": login.password, "database": login.database},
        )
    part = part_of(name)
    if part and any(kind in found for kind in part[0]):
        fits = part[1] in ("user", "password", "database") and value.isprintable()
        plain = part[1] == "host" and is_plain_host(value)
        return value if fits or plain else None
    return None if "\n" in value or "\0" in value else value
