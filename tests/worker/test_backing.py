"""Services beside an app, on the real engine: healthy, empty, each pod's own, gone with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import docker
import pytest

from grader.errors import PlatformError
from grader.settings import settings
from tests.support.pods import left_of, python_app, run, told_by, told_by_harness
from worker.images.backing import ensure_service_image
from worker.sandbox.backing import KINDS, USER, ServiceProcess, ServiceSpec
from worker.sandbox.images import ImageStore
from worker.sandbox.labels import Identity
from worker.sandbox.pod import Pod

pytestmark = pytest.mark.engine

NAMES = sorted(KINDS)
# With each server's own client: writes a row, and says how many rows there are.
_SQL = "CREATE TABLE IF NOT EXISTS x (i int); INSERT INTO x VALUES (1);"
_RABBIT = "HOME=/data RABBITMQ_NODENAME=rabbit@localhost /usr/lib/rabbitmq/bin/rabbitmqctl -q"
WRITES = {
    "postgres": ["psql", "-h", "localhost", "-U", "postgres", "app", "-c", _SQL],
    "mysql": [
        "mariadb",
        "--protocol",
        "tcp",
        "-h",
        "127.0.0.1",
        "-u",
        "anybody",
        "app",
        "-e",
        _SQL,
    ],
    "redis": ["redis-cli", "RPUSH", "x", "1"],
    "rabbitmq": ["sh", "-c", f"{_RABBIT} add_vhost x"],
}
COUNTS = {
    "postgres": [*WRITES["postgres"][:6], "-Atc", "SELECT count(*) FROM x"],
    "mysql": [*WRITES["mysql"][:8], "-Ne", "SELECT count(*) FROM x"],
    "redis": ["redis-cli", "LLEN", "x"],
    "rabbitmq": ["sh", "-c", f"{_RABBIT} list_vhosts --no-table-headers | grep -c x"],
}
# What an app does that looks for its server under several names.
CONNECT = """
import json, socket
def reached(host, port={port}):
    try:
        socket.create_connection((host, port), 5).close()
        return True
    except OSError as error:
        return str(error)
print(json.dumps([reached(host) for host in {hosts}]))
"""


class Client:
    """Runs a server's own client in its container."""

    def __init__(self, engine: docker.DockerClient, process: ServiceProcess) -> None:
        self._container = engine.containers.get(process.container)

    def __call__(self, command: list[str], user: str = USER) -> tuple[int, str]:
        done = self._container.exec_run(command, user=user)
        return done.exit_code, done.output.decode().strip()

    def count(self, name: str) -> tuple[int, str]:
        """How many rows there are.

        On a busy machine Docker 20.10 may end an exec before it has copied what it printed: with
        nothing printed it is asked again.
        """
        for _ in range(5):
            code, printed = self(COUNTS[name])
            if printed:
                break
        return code, printed

    def host_config(self) -> dict[str, Any]:
        return dict(self._container.attrs["HostConfig"])


@pytest.fixture
def spec(engine: docker.DockerClient) -> Callable[..., ServiceSpec]:
    def made(name: str, **options: Any) -> ServiceSpec:
        image = ensure_service_image(ImageStore(engine), settings(), name)
        return ServiceSpec(KINDS[name], image, **options)

    return made


Specs = Callable[..., ServiceSpec]


@pytest.mark.parametrize("name", NAMES)
def test_it_works_at_once_and_is_empty(
    pod: Pod, spec: Specs, engine: docker.DockerClient, name: str
) -> None:
    process = pod.start_service(spec(name))
    assert process.wait_healthy() == ()
    client = Client(engine, process)
    assert client(WRITES[name])[0] == 0
    assert client.count(name) == (0, "1")


@pytest.mark.parametrize("name", NAMES)
def test_each_pod_has_its_own(
    open_pod: Callable[..., Pod], spec: Specs, engine: docker.DockerClient, name: str
) -> None:
    clients = []
    for pod in (open_pod(), open_pod()):
        process = pod.start_service(spec(name))
        process.wait_healthy()
        clients.append(Client(engine, process))
        clients[-1](WRITES[name])
    assert [client.count(name) for client in clients] == [(0, "1"), (0, "1")]


@pytest.mark.parametrize("name", NAMES)
def test_the_app_reaches_it_by_every_usual_name(
    open_pod: Callable[..., Pod], spec: Specs, name: str
) -> None:
    pod = open_pod(aliases={"cache": "127.0.0.1", "links_db": "127.0.0.1"})
    pod.start_service(spec(name)).wait_healthy()
    hosts = ["localhost", "127.0.0.1", "::1", "cache", "links_db"]
    code = CONNECT.format(port=KINDS[name].port, hosts=hosts)
    assert told_by(pod, code) == [True] * len(hosts)


def test_a_restart_of_the_app_leaves_it_running(
    pod: Pod, spec: Specs, engine: docker.DockerClient
) -> None:
    process = pod.start_service(spec("postgres"))
    process.wait_healthy()
    client = Client(engine, process)
    pod.start_app(python_app("import time; time.sleep(60)"))
    client(WRITES["postgres"])
    pod.restart_app()
    assert client(COUNTS["postgres"]) == (0, "1")
    assert pod.stopped_service() is None


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_of_it(
    open_pod: Callable[..., Pod],
    spec: Specs,
    engine: docker.DockerClient,
    identity: Identity,
    name: str,
) -> None:
    pod = open_pod(identity)
    process = pod.start_service(spec(name))
    process.wait_healthy()
    assert process.container in left_of(engine, identity.attempt)
    pod.close()
    assert left_of(engine, identity.attempt) == []


@pytest.mark.parametrize("name", NAMES)
def test_it_may_do_no_more_than_an_app(
    pod: Pod, spec: Specs, engine: docker.DockerClient, name: str
) -> None:
    process = pod.start_service(spec(name))
    process.wait_healthy()
    client = Client(engine, process)
    host = client.host_config()
    assert host["ReadonlyRootfs"]
    assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], None)
    assert host["Memory"] == host["MemorySwap"] == KINDS[name].memory_mb * 1024 * 1024
    assert client(["touch", "/etc/mine"], user="0:0")[0] == 1
    # Its data have a place of a size; a full one is an error of the server's, not of the machine.
    line = (
        f"for i in $(seq {KINDS[name].data_mb // 8 + 1}); do head -c 8m /dev/zero > /data/$i; done"
    )
    assert "No space left" in client(["sh", "-c", line])[1]
    status, log = run(pod, python_app("print(open('/proc/net/route').read().count('\\n'))"))
    assert (status.exit_code, log.strip()) == (0, "1")


def test_logins_and_databases_are_made_and_the_script_is_run(
    pod: Pod, spec: Specs, engine: docker.DockerClient
) -> None:
    script = b"CREATE TABLE links (id serial, url text);\nSELECT nothing FROM nowhere;\n"
    wanted = spec(
        "postgres",
        users=("ada", "bob"),
        databases=("links", "other"),
        user="ada",
        database="links",
        script=script,
    )
    process = pod.start_service(wanted)
    said = process.wait_healthy()
    assert len(said) == 1
    assert 'relation "nowhere" does not exist' in said[0]
    client = Client(engine, process)
    ask = ["psql", "-h", "localhost", "-U", "bob", "-At"]
    assert client([*ask, "links", "-c", "SELECT count(*) FROM links"]) == (0, "0")
    assert client([*ask, "other", "-c", "SELECT 1"]) == (0, "1")


def test_a_schema_of_mysql_may_make_users(
    pod: Pod, spec: Specs, engine: docker.DockerClient
) -> None:
    script = (
        b"CREATE DATABASE IF NOT EXISTS shop; USE shop; CREATE TABLE x (i int);\n"
        b"CREATE USER 'me'@'%' IDENTIFIED BY 'pw';\nGRANT ALL ON shop.* TO 'me'@'%';\n"
    )
    process = pod.start_service(
        spec("mysql", databases=("links",), database="links", script=script)
    )
    assert process.wait_healthy() == ()
    client = Client(engine, process)
    ask = ["mariadb", "--protocol", "tcp", "-u", "me", "-pany", "-N"]
    assert client([*ask, "shop", "-e", "SELECT count(*) FROM x"]) == (0, "0")
    assert client([*ask, "links", "-e", "SELECT 'é'"]) == (0, "é")


def test_redis_asks_for_the_password_that_the_app_has(
    pod: Pod, spec: Specs, engine: docker.DockerClient
) -> None:
    process = pod.start_service(spec("redis", password="let-me-in"))
    process.wait_healthy()
    client = Client(engine, process)
    assert "NOAUTH" in client(["redis-cli", "GET", "x"])[1]
    assert client(["redis-cli", "-a", "let-me-in", "--no-auth-warning", "PING"]) == (0, "PONG")


def test_rabbitmq_knows_the_login_and_the_virtual_host_of_the_app(
    pod: Pod, spec: Specs, engine: docker.DockerClient
) -> None:
    process = pod.start_service(spec("rabbitmq", user="ada", password="pw", database="links"))
    process.wait_healthy()
    client = Client(engine, process)
    assert "Success" in client(["sh", "-c", f"{_RABBIT} authenticate_user ada pw"])[1]
    listed = client(["sh", "-c", f"{_RABBIT} list_permissions -p links --no-table-headers"])[1]
    assert listed.split() == ["ada", ".*", ".*", ".*"]


def test_one_that_ends_is_our_fault_and_its_log_says_why(
    pod: Pod, spec: Specs, engine: docker.DockerClient
) -> None:
    process = pod.start_service(spec("postgres"))
    process.wait_healthy()
    engine.containers.get(process.container).kill()
    error = pod.stopped_service()
    assert isinstance(error, PlatformError)
    assert error.code == "service.not_up"
    assert "database system is ready" in error.log


def test_one_that_cannot_start_is_not_waited_for(pod: Pod, spec: Specs) -> None:
    wanted = spec("postgres")
    cramped = replace(wanted, kind=replace(wanted.kind, data_mb=1))
    with pytest.raises(PlatformError, match="PostgreSQL") as caught:
        pod.start_service(cramped).wait_healthy()
    assert caught.value.code == "service.not_up"
    assert "No space left" in caught.value.log


def test_the_harness_does_not_take_it_for_the_app(pod: Pod, spec: Specs) -> None:
    pod.start_service(spec("redis")).wait_healthy()
    pod.start_app(python_app("import socket; socket.create_server(('', 9090)).accept()"))
    code = """
import time
from types import SimpleNamespace
from harnesses.kit import ready
def ports(occupied):
    return [one.port for one in ready._of_the_app(SimpleNamespace(occupied=occupied))]
while 9090 not in ports(()):
    time.sleep(0.02)
tell([ports(()), ports((6379,))])
"""
    everything, of_the_app = told_by_harness(pod, code)
    assert 6379 in everything
    assert set(of_the_app) == {9090}
