"""Real servers for tests, each with a folder of its own: PostgreSQL and Redis."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

START_S = 30.0
POSTGRES_USER = "postgres"


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL server.

    Attributes:
        port: On the loopback; whoever connects is believed.
        folder: Its data.
    """

    port: int
    folder: Path

    def url(self, name: str = "postgres") -> str:
        """The URL of one of its databases."""
        return f"postgresql://{POSTGRES_USER}@127.0.0.1:{self.port}/{name}"

    def make(self, name: str, template: str = "template1") -> str:
        """A new database, as another one is; returns its URL."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        _as_postgres("pg_ctl", "-D", self.folder, "-o", options, "-l", self.folder / "log", "start")
        until = time.monotonic() + START_S
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: ``immediate`` is as if the power failed."""
        _as_postgres("pg_ctl", "-D", self.folder, "-m", mode, "stop")


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL server with its data in a new folder."""
    folder.mkdir()
    if os.geteuid() == 0:  # it refuses to be root's
        user = pwd.getpwnam(POSTGRES_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)
        for parent in folder.parents:  # pytest's folders are for their owner only
            if parent.stat().st_uid == 0 and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    _as_postgres("initdb", "-D", folder, "-U", POSTGRES_USER, "-A", "trust", "--no-sync")
    server = Postgres(free_port(), folder)
    server.start()
    try:
        yield server
    finally:
        if (folder / "postmaster.pid").exists():
            server.stop()


@dataclass
class Redis:
    """A Redis server that keeps nothing when it stops.

    Attributes:
        port: On the loopback.
        process: None while it is stopped.
    """

    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        until = time.monotonic() + START_S
        with redis.Redis.from_url(self.url) as client:
            while not _answers(client):
                if time.monotonic() > until:
                    raise TimeoutError("redis-server does not answer")
                time.sleep(0.02)

    def kill(self) -> None:
        """Stop it at once; what it held is lost."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A Redis server."""
    server = Redis(free_port())
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def _as_postgres(program: str, *arguments: str | Path) -> None:
    command = [str(_program(program)), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", POSTGRES_USER, "--", *command]
    done = subprocess.run(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


def _program(name: str) -> Path:
    """Debian keeps the server's programs out of PATH, one folder a version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    beside = shutil.which(name)
    assert found or beside, f"{name} is missing: `make test` installs postgresql"
    return found[-1] if found else Path(str(beside))
