"""From inside a pod there is no way out, and none to the host."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import docker
import pytest

from tests.support.pods import PYTHON, SERVER, Opened, python_app, told_by, told_by_harness
from worker.sandbox.app import AppSpec
from worker.sandbox.pod import Pod

pytestmark = pytest.mark.engine

# Tries to reach each address and says what the kernel answered.
REACH = """
import errno, json, socket, time
def reach(host, port, kind):
    started = time.monotonic()
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, kind) as probe:
            probe.settimeout(5)
            probe.connect((host, port))
            probe.send(b"hello")
            return "reached"
    except OSError as error:
        assert time.monotonic() - started < 2, "a refusal takes time"
        return errno.errorcode.get(error.errno, str(error))
targets = json.loads('TARGETS')
print(json.dumps([
    reach(host, port, kind)
    for host, port in targets
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
]))
"""
OUTSIDE = [
    ("192.0.2.1", 80),
    ("1.1.1.1", 53),
    ("10.0.0.1", 80),
    ("172.17.0.1", 22),
    ("192.168.0.1", 80),
    ("169.254.169.254", 80),
    ("2606:4700:4700::1111", 53),
    ("fe80::1", 80),
    ("fd00::1", 80),
    ("224.0.0.1", 80),
    ("255.255.255.255", 80),
]
UNREACHABLE = {"ENETUNREACH", "EHOSTUNREACH", "EACCES", "EPERM", "EINVAL", "EADDRNOTAVAIL"}


def reach(pod: Pod, targets: list[tuple[str, int]]) -> list[str]:
    answers = told_by(pod, REACH.replace("TARGETS", json.dumps(targets)))
    assert isinstance(answers, list)
    return answers


def test_no_route_leads_out(pod: Pod) -> None:
    assert set(reach(pod, OUTSIDE)) <= UNREACHABLE


def test_only_the_loopback_interface_is_there(pod: Pod) -> None:
    code = (
        "import json, socket; print(json.dumps([[n for _, n in socket.if_nameindex()],"
        "open('/proc/net/route').read().splitlines()[1:],"
        "[l.split()[9] for l in open('/proc/net/ipv6_route')]]))"
    )
    interfaces, routes, routes6 = told_by(pod, code)
    assert interfaces == ["lo"]
    assert routes == []
    assert set(routes6) <= {"lo"}


@pytest.fixture
def canary() -> Iterator[tuple[int, list[object]]]:
    """A listener on all addresses of the host, and who came."""
    seen: list[object] = []
    with socket.create_server(("0.0.0.0", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def watch() -> None:
            while not over.is_set():
                try:
                    connection, peer = server.accept()
                except TimeoutError:
                    continue
                connection.close()
                seen.append(peer)

        watcher = threading.Thread(target=watch)
        watcher.start()
        yield server.getsockname()[1], seen
        over.set()
        watcher.join()


def host_addresses(engine: docker.DockerClient) -> list[str]:
    """Addresses of the host: its own, and its end of the engine's bridges."""
    found = {"127.0.0.1", "172.17.0.1"}
    for network in engine.networks.list():
        for row in (network.attrs["IPAM"].get("Config")) or []:
            found |= {row["Gateway"]} if "Gateway" in row else set()
    for row in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
        found.add(str(row[4][0]))
    return sorted(found)


def test_host_is_not_reached(
    pod: Pod, engine: docker.DockerClient, canary: tuple[int, list[object]]
) -> None:
    port, seen = canary
    answers = reach(pod, [(address, port) for address in host_addresses(engine)])
    assert "reached" not in answers[0::2], "over TCP"
    assert seen == []


def test_harness_has_no_way_out_either(pod: Pod) -> None:
    code = REACH.replace("TARGETS", json.dumps(OUTSIDE)).replace("print(json.dumps(", "tell((")
    assert set(told_by_harness(pod, code)) <= UNREACHABLE


def test_pods_do_not_reach_each_other(open_pod: Opened) -> None:
    open_pod().start_app(AppSpec(PYTHON, SERVER))
    assert set(reach(open_pod(), [("127.0.0.1", 8000), ("::1", 8000)])[0::2]) == {"ECONNREFUSED"}


def test_names_fail_at_once(pod: Pod) -> None:
    code = """
import json, socket, time
started = time.monotonic()
answers = []
for name in ("example.com", "host.docker.internal", "gateway.docker.internal", "localhost"):
    try: answers.append(socket.getaddrinfo(name, 80)[0][4][0])
    except OSError as error: answers.append(type(error).__name__)
print(json.dumps([answers, time.monotonic() - started]))
"""
    answers, seconds = told_by(pod, code)
    assert answers[:3] == ["gaierror"] * 3
    assert answers[3] in ("127.0.0.1", "::1")
    assert seconds < 2


def test_the_hosts_name_servers_are_not_told(pod: Pod) -> None:
    code = "import json; print(json.dumps(open('/etc/resolv.conf').read()))"
    servers = [line for line in told_by(pod, code).splitlines() if line.startswith("nameserver")]
    assert servers == ["nameserver 127.0.0.1"]


@pytest.mark.parametrize("address", ["::1", "127.0.0.1", "::", "0.0.0.0", "127.0.0.5"])
def test_loopback_works_in_both_families(pod: Pod, address: str) -> None:
    pod.start_app(AppSpec(PYTHON, ("python3", "-m", "http.server", "80", "-b", address)))
    reached = {"::": "[::1]", "0.0.0.0": "127.0.0.1", "::1": "[::1]"}.get(address, address)
    code = f"""
import time, urllib.request
for _ in range(100):
    try: tell(urllib.request.urlopen("http://{reached}/").status); break
    except OSError as error: seen = error; time.sleep(0.05)
else: tell(str(seen))
"""
    assert told_by_harness(pod, code) == 200


def test_low_ports_need_no_privilege(pod: Pod) -> None:
    code = "import socket\nfor p in (1, 80, 443): socket.create_server(('', p))\nprint(1)"
    assert told_by(pod, f"import os; os.setuid(4711)\n{code}") == 1


def test_no_raw_sockets(pod: Pod) -> None:
    code = """
import json, socket
answers = []
for family, kind in ((socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW)):
    try: socket.socket(family, kind, 1); answers.append("made")
    except PermissionError: answers.append("refused")
print(json.dumps(answers))
"""
    assert told_by(pod, code) == ["refused", "refused"]


def test_app_may_take_every_port_that_a_tool_of_ours_would(pod: Pod) -> None:
    """A harness listens nowhere, so that no port is spoken for."""
    code = (
        "import socket, time\nheld = [socket.create_server(('', p)) for p in (8089, 5557, 9646)]\n"
        "held += [socket.create_server(('', p)) for p in range(3000, 3500)]\n"
        "print('up', flush=True); time.sleep(60)"
    )
    pod.start_app(python_app(code))
    assert told_by_harness(pod, "tell(1)") == 1
    assert pod.app_status().running
