"""Backing services of a pod: databases, caches and queues beside the app, on its own loopback.

The servers come from images of the operator's (:mod:`worker.images.backing`), each pod has its own,
empty, and they go with it. docs/decisions/0017-services-of-a-pod.md
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.errors import PlatformError
from worker.sandbox import hardening
from worker.sandbox.containers import Containers
from worker.sandbox.limits import Limits, limit_fields
from worker.sandbox.stream import STDERR, Demultiplexer, LineSplitter, StreamError
from worker.sandbox.wire import Wire

# As in the images' Dockerfiles.
USER = "10004:10004"
DATA = "/data"
# The slowest of them, on a busy machine; an app has as long until it answers.
HEALTHY_S = 60.0
LONGEST_LINE = 4096
MOST_SCRIPT_BYTES = 1024 * 1024
LOG_BYTES = 4096
MOST_PASSWORD = 200
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_.$-]{0,62}$")


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """A server that pods can have.

    Attributes:
        name: Ours, as in ``grader.toml``.
        title: As people call it.
        port: Where it listens.
        others: Further ports of it, on which no app can be.
        memory_mb: What its processes and its data may take together.
        data_mb: What its data may take of that.
        made: Users and databases that its image has.
    """

    name: str
    title: str
    port: int
    others: tuple[int, ...] = ()
    memory_mb: int = 512
    data_mb: int = 256
    made: frozenset[str] = frozenset()


POSTGRES = ServiceKind("postgres", "PostgreSQL", 5432, made=frozenset({"postgres", "app"}))
MYSQL = ServiceKind("mysql", "MySQL", 3306, made=frozenset({"root", "app"}))
REDIS = ServiceKind("redis", "Redis", 6379, memory_mb=256, data_mb=16)
# Erlang's own port mapper and the port for other nodes listen as well.
RABBITMQ = ServiceKind(
    "rabbitmq", "RabbitMQ", 5672, others=(4369, 25672), made=frozenset({"guest"})
)
KINDS = {kind.name: kind for kind in (POSTGRES, MYSQL, REDIS, RABBITMQ)}


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service to start.

    Attributes:
        kind: Which server.
        image: As the engine knows it.
        users: Names that may come in; they are made where the server needs that.
        databases: Names of databases to make.
        user: Whom the script is run as.
        database: What the script is run in.
        password: What a server asks for that has one for all (Redis); empty: nothing is asked.
        script: What the server is to run before the app starts: the app's own SQL.
    """

    kind: ServiceKind
    image: str
    users: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    user: str = ""
    database: str = ""
    password: str = ""
    script: bytes = b""


def is_name(text: str) -> bool:
    """Whether a user or database can be called that; others would need quotes in scripts."""
    return bool(_NAME.match(text))


def is_password(text: str) -> bool:
    """Whether a password can be handed on; others would end the text that it stands in."""
    return text.isprintable() and not set(text) & set("\"'\\") and len(text) <= MOST_PASSWORD


def service_config(spec: ServiceSpec, namespace: str) -> dict[str, Any]:
    """The body of the engine's ``POST /containers/create`` for a service.

    Args:
        spec: What to run; names in it are those that :func:`is_name` allows.
        namespace: The container whose network namespace it joins.
    """
    kind = spec.kind
    users = " ".join(name for name in spec.users if name not in kind.made)
    databases = " ".join(name for name in spec.databases if name not in kind.made)
    names = f"{users}/{databases}"
    environment = {
        "SERVICE_NAMES": names if names != "/" else "",
        "SERVICE_USER": spec.user,
        "SERVICE_DATABASE": spec.database,
        "SERVICE_PASSWORD": spec.password,
    }
    limits = Limits(memory_mb=kind.memory_mb, pids=256, disk_mb=kind.data_mb)
    owner = "uid={},gid={}".format(*USER.split(":"))
    return {
        "Image": spec.image,
        "User": USER,
        "Env": [f"{name}={value}" for name, value in environment.items() if value],
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": True,
        "StdinOnce": True,
        "Tty": False,
        "HostConfig": {
            **hardening.host_fields(),
            **limit_fields(limits),
            **hardening.log_fields(),
            "NetworkMode": f"container:{namespace}",
            "ReadonlyRootfs": True,
            "Tmpfs": {
                DATA: f"rw,nosuid,nodev,size={kind.data_mb}m,mode=700,{owner}",
                "/tmp": "rw,nosuid,nodev,size=16m,mode=1777",  # noqa: S108 - its own
            },
        },
    }


class ServiceProcess:
    """A service's container; attached when this is made, which is before it is started.

    Args:
        containers: The engine.
        container: Created and not started.
        spec: What runs in it.
    """

    def __init__(self, containers: Containers, container: str, spec: ServiceSpec) -> None:
        self.spec = spec
        self.container = container
        self._containers = containers
        self._wire = Wire(containers.attach(container))
        self._said: list[str] = []

    def wait_healthy(self, timeout: float = HEALTHY_S) -> tuple[str, ...]:
        """Hand the script over and wait until the server answers and has run it.

        Returns:
            What the server said of the script, a line each: its errors.

        Raises:
            PlatformError: ``service.not_up`` if it ends, or does not answer in time.
        """
        script = self.spec.script[:MOST_SCRIPT_BYTES]
        deadline = time.monotonic() + timeout
        frames, lines = Demultiplexer(), LineSplitter(LONGEST_LINE)
        try:
            self._wire.write(b"%d\n%b" % (len(script), script))
            while data := self._wire.read(deadline - time.monotonic()):
                for stream, piece in frames.feed(data):
                    if stream != STDERR and self._take(lines.feed(piece)):
                        return tuple(self._said)
        except (OSError, StreamError) as error:
            raise self._failed(f"{type(error).__name__}") from error
        finally:
            self._wire.close()
        raise self._failed("it ended")

    def _take(self, lines: Iterable[bytes]) -> bool:
        for line in lines:
            word, _, rest = line.decode("utf-8", "replace").partition(" ")
            if word == "said":
                self._said.append(rest)
            elif word == "healthy":
                return True
        return False

    def _failed(self, cause: str) -> PlatformError:
        log = self._containers.log_tail(self.container, LOG_BYTES).decode("utf-8", "replace")
        title = self.spec.kind.title
        return PlatformError("service.not_up", service=title, cause=cause, log=log)

    def why_stopped(self) -> PlatformError | None:
        """Why it does not run any more; None while it does."""
        state = self._containers.state(self.container)
        if state is None or state["Running"]:
            return None
        return self._failed("out of memory" if state["OOMKilled"] else "it ended")

    def hang_up(self) -> None:
        """Close the line to it."""
        self._wire.close()
