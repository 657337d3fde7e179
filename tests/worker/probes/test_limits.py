"""Limits hold, and the status names the one that was met."""

from __future__ import annotations

import time
from pathlib import Path

import docker
import pytest

from tests.support.pods import PYTHON, SERVER, python_app, run, told_by, told_by_harness
from worker.sandbox.app import AppSpec
from worker.sandbox.labels import APP, ATTEMPT, ROLE
from worker.sandbox.limits import Limits
from worker.sandbox.pod import Pod

pytestmark = pytest.mark.engine

SMALL = Limits(memory_mb=64, pids=32, cpus=0.5, disk_mb=32)


def test_memory(pod: Pod) -> None:
    status, _ = run(pod, python_app("kept = [b'x' * 1_000_000 for _ in range(500)]", limits=SMALL))
    assert (status.exit_code, status.limit) == (137, "memory")
    assert status.memory_kills >= 1


def test_memory_of_a_child_that_the_app_survives(pod: Pod) -> None:
    code = (
        "import subprocess, sys\n"
        "child = 'kept = [b\"x\" * 1_000_000 for _ in range(500)]'\n"
        "print(subprocess.run([sys.executable, '-c', child]).returncode)"
    )
    assert told_by(pod, code, limits=SMALL) == -9
    status = pod.app_status()
    assert status.exit_code == 0
    assert status.memory_kills >= 1


def test_what_the_engine_was_told(pod: Pod, engine: docker.DockerClient) -> None:
    """No swap on top of memory; CPU time in short periods, so that no pause is long."""
    pod.start_app(AppSpec(PYTHON, SERVER, limits=SMALL))
    filters = {"label": [f"{ATTEMPT}={pod.identity.attempt}", f"{ROLE}={APP}"]}
    [app] = engine.containers.list(filters=filters)
    fields = app.attrs["HostConfig"]
    assert fields["Memory"] == fields["MemorySwap"] == 64 * 1024 * 1024
    assert not fields["OomKillDisable"]
    assert (fields["CpuQuota"], fields["CpuPeriod"]) == (10_000, 20_000)


def test_shared_memory_and_memory_files_count(pod: Pod) -> None:
    code = "f = open('/dev/shm/big', 'wb')\nfor _ in range(500): f.write(b'x' * 1_000_000)"
    status, _ = run(pod, python_app(code, limits=SMALL))
    assert status.exit_code != 0


def test_processes(pod: Pod) -> None:
    code = """
import os, time
made = 0
try:
    while made < 1000:
        if os.fork() == 0: time.sleep(60); os._exit(0)
        made += 1
except BlockingIOError: pass
print(made, flush=True)
time.sleep(60)
"""
    pod.start_app(python_app(code, limits=SMALL))
    deadline = time.monotonic() + 15
    while not (log := pod.app_log()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert 20 <= int(log) <= 32
    status = pod.app_status()
    assert (status.running, status.limit) == (True, "pids")


def test_fork_bomb_leaves_the_harness_alone(pod: Pod) -> None:
    pod.start_app(AppSpec(PYTHON, ("bash", "-c", "f() { f | f & }; f; sleep 60"), limits=SMALL))
    time.sleep(1)
    started = time.monotonic()
    assert told_by_harness(pod, "import subprocess; tell(subprocess.call('true'))") == 0
    pod.close()
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("processes", [1, 4])
def test_cpu_share(pod: Pod, processes: int) -> None:
    code = f"""
import json, os, resource, time
children = [os.fork() for _ in range({processes})] if {processes} > 1 else []
end = time.monotonic() + 2
while time.monotonic() < end: pass
if 0 in children: os._exit(0)
for child in children: os.waitpid(child, 0)
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps(sum(one.ru_utime + one.ru_stime for one in used)))
"""
    used = told_by(pod, code, limits=SMALL)
    assert used <= 2 * 0.5 * 1.3, "seconds of CPU time in two seconds, at half a CPU"


def test_one_large_file(pod: Pod) -> None:
    code = """
import errno, json
try:
    with open('big', 'wb') as f:
        for _ in range(100): f.write(b'x' * 1_000_000)
    print('"written"')
except OSError as error: print(json.dumps(errno.errorcode[error.errno]))
"""
    assert told_by(pod, code, limits=SMALL) == "EFBIG"


@pytest.mark.parametrize("folder", ["/srv", "/tmp", "/var/tmp"])
def test_many_files(pod: Pod, folder: str) -> None:
    code = f"""
import time
for n in range(20):
    with open(f'{folder}/{{n}}', 'wb') as f: f.write(b'x' * 4_000_000)
time.sleep(60)
"""
    status, _ = run(pod, python_app(code, limits=SMALL), 30)
    assert (status.exit_code, status.limit) == (137, "disk")


def test_open_files(pod: Pod) -> None:
    code = """
import errno, json
kept = []
try:
    while True: kept.append(open('/dev/null'))
except OSError as error: pass
n = len(kept); kept.clear()
print(json.dumps(n))
"""
    assert 4000 < told_by(pod, code) < 4096


def test_no_core_files(pod: Pod) -> None:
    code = "import json, resource; print(json.dumps(resource.getrlimit(resource.RLIMIT_CORE)))"
    assert told_by(pod, code) == [0, 0]


def socket_buffer_pages() -> int:
    """What all TCP sockets of this machine hold, in pages."""
    row = next(
        line
        for line in Path("/proc/net/sockstat").read_text().splitlines()
        if line.startswith("TCP:")
    )
    return int(row.split()[row.split().index("mem") + 1])


def test_socket_buffers_are_bounded_and_given_back(pod: Pod) -> None:
    """Kernels since 6.12 or so count them for control groups of version 2 only.

    With version 1 an app can fill them beyond its memory; the machine's own bound holds.
    """
    code = """
import socket, time
server = socket.create_server(('127.0.0.1', 9))
total, kept = 0, []
try:
    while total < 300_000_000 and len(kept) < 1500:
        one = socket.create_connection(('127.0.0.1', 9), timeout=2)
        kept += [one, server.accept()[0]]
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_000_000)
        one.settimeout(0.02)
        try:
            while True: total += one.send(b'x' * 1_000_000)
        except TimeoutError: pass
except OSError: pass
print(total, flush=True)
time.sleep(60)
"""
    before = socket_buffer_pages()
    pod.start_app(python_app(code, limits=SMALL))
    deadline = time.monotonic() + 30
    while not pod.app_log() and pod.app_status().running and time.monotonic() < deadline:
        time.sleep(0.2)
    bound = int(Path("/proc/sys/net/ipv4/tcp_mem").read_text().split()[2])
    assert socket_buffer_pages() < bound
    pod.close()
    assert socket_buffer_pages() < before + 10_000


@pytest.mark.parametrize("command", [("yes",), ("python3", "-c", "while 1: print('x' * 200)")])
def test_flooding_the_log(pod: Pod, command: tuple[str, ...]) -> None:
    pod.start_app(AppSpec(PYTHON, command))
    status = pod.wait_app_exit(60)
    assert status is not None
    assert (status.exit_code, status.limit) == (137, "output")


def test_printing_a_lot_is_no_flood(pod: Pod) -> None:
    """A line for each of 3,000 requests a second, after a burst of several MB."""
    code = """
import time
for _ in range(40_000): print('x' * 100)
end = time.monotonic() + 9
while time.monotonic() < end:
    for _ in range(300): print('127.0.0.1 - - [01/Jan/2026 10:00:00] "GET /posts HTTP/1.1" 200 -')
    time.sleep(0.1)
"""
    status, _ = run(pod, python_app(code), 40)
    assert (status.exit_code, status.limit) == (0, "")


def test_clock_cannot_be_set(pod: Pod) -> None:
    code = """
import json, time
try: time.clock_settime(time.CLOCK_REALTIME, 0); print('"set"')
except PermissionError: print('"refused"')
"""
    assert told_by(pod, code) == "refused"
