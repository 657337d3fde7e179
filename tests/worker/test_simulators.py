"""Simulated services in real pods: unmodified programs reach and trust them, and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import docker
import pytest

from grader.domain.commands import Begin, Read, Start
from grader.domain.events import Assumed, Stop
from grader.domain.verdicts import HarnessKind
from harnesses.kit.simulators.github import GITHUB
from tests.support.pods import HARNESS_PYTHON, PYTHON, built_image, python_app, run
from tests.worker.builds_support import Builder, builder
from worker.runners.commands import CommandPod
from worker.sandbox.app import AppSpec
from worker.sandbox.labels import Identity
from worker.sandbox.pod import Pod
from worker.sandbox.process import HarnessProcess
from worker.sandbox.sandbox import Sandbox

__all__ = ["builder"]
pytestmark = pytest.mark.engine

URL = f"https://{GITHUB}/users/ana"
# Simulates, then tells at each command what it was asked so far and where somebody listens.
HARNESS = """
import json, sys
from harnesses.kit.ready import listeners
from harnesses.kit.simulators.github import GITHUB, GitHub
from harnesses.kit.simulators.process import start_simulators
simulators = start_simulators(dict(pair.split("=") for pair in sys.argv[2:]))
simulators.wait_until_open()
simulators.play(GITHUB, GitHub({"ana": [{"type": "PushEvent"}]}))
print('{"type": "simulating"}', flush=True)
for line in sys.stdin:
    simulators.open_plain()  # the app has been started
    told = {
        "count": simulators.count(GITHUB),
        "agents": [c.request.headers.get("user-agent") for c in simulators.calls(GITHUB)][:20],
        "statuses": [c.answer.status for c in simulators.calls(GITHUB)][:20],
        "listening": [str(one) for one in listeners()],
    }
    print(json.dumps({"type": "assumed", "text": json.dumps(told)}), flush=True)
"""


class Station:
    """A pod with GitHub in it."""

    def __init__(self, sandbox: Sandbox, identity: Identity, *, commands: bool = False) -> None:
        self.pod: Pod = sandbox.open_pod(identity, commands=commands, simulates=[GITHUB])
        self.harness: HarnessProcess = self.pod.start_harness(
            HarnessKind.FUNCTIONAL, (*HARNESS_PYTHON, HARNESS)
        )
        self.harness.wait_for_simulators(30)

    def seen(self) -> dict[str, Any]:
        """What the simulator was asked."""
        self.harness.send(Stop())
        event = self.harness.next_event(10)
        assert isinstance(event, Assumed)
        return dict(json.loads(event.text))


@pytest.fixture
def station(sandbox: Sandbox, identity: Identity) -> Iterator[Station]:
    made = Station(sandbox, identity)
    yield made
    made.pod.close()


@pytest.fixture
def commands(sandbox: Sandbox, identity: Identity) -> Iterator[Station]:
    made = Station(sandbox, identity, commands=True)
    yield made
    made.pod.close()


def said(station: Station, spec: AppSpec) -> str:
    status, log = run(station.pod, spec)
    assert status.exit_code == 0, log
    return log.strip()


URLLIB = f"import urllib.request; print(urllib.request.urlopen('{URL}').status)"
HTTP_CLIENT = f"""
import http.client
line = http.client.HTTPSConnection("{GITHUB}")
line.request("GET", "/users/ana", headers={{"User-Agent": "mine"}})
print(line.getresponse().status)
"""


@pytest.mark.parametrize("code", [URLLIB, HTTP_CLIENT])
def test_the_standard_library_of_python(station: Station, code: str) -> None:
    assert said(station, python_app(code)) == "200"
    assert station.seen()["statuses"] == [200]


# Each as its own documentation has it; the last two name a bundle themselves, as many do.
LIBRARIES = f"""
import asyncio, ssl, urllib.request
import aiohttp, certifi, httpx, requests, urllib3

async def ask(**options):
    async with aiohttp.ClientSession() as session:
        async with session.get("{URL}", **options) as answer:
            return answer.status

print(requests.get("{URL}").status_code)
print(requests.Session().get("{URL}").status_code)
print(httpx.get("{URL}").status_code)
print(urllib3.PoolManager().request("GET", "{URL}").status)
print(asyncio.run(ask()))
context = ssl.create_default_context(cafile=certifi.where())
print(asyncio.run(ask(ssl=context)))
print(urllib.request.urlopen("{URL}", context=context).status)
print(urllib3.PoolManager(ca_certs=certifi.where()).request("GET", "{URL}").status)
print(requests.get("{URL}", verify=certifi.where()).status_code)
"""


def test_libraries_of_python(station: Station, builder: Builder) -> None:
    wanted = "aiohttp\ncertifi\nhttpx\nrequests\nurllib3\n"
    manifest = '[run]\nstart = "python main.py"\n'
    files = {"main.py": LIBRARIES, "requirements.txt": wanted, "grader.toml": manifest}
    built = builder(files)
    log = said(station, AppSpec(built.image_ref, built.plan.command, built.plan.environment))
    assert log.split() == ["200"] * 9
    agents = " ".join(station.seen()["agents"])
    assert all(name in agents for name in ("requests", "httpx", "urllib3", "aiohttp"))


NODE = f"""
const https = require("https");
fetch("{URL}").then((answer) => {{
  console.log(answer.status);
  https.get("{URL}", {{headers: {{"user-agent": "mine"}}}}, (got) => console.log(got.statusCode));
}});
"""


def test_node(station: Station) -> None:
    assert said(station, AppSpec("grader/base/node:22", ("node", "-e", NODE))).split() == [
        "200",
        "200",
    ]


def test_a_program_that_looks_at_the_systems_bundle_only(station: Station) -> None:
    line = (
        f"env -i openssl s_client -connect {GITHUB}:443 -servername {GITHUB} -verify_return_error "
        f"-verify_hostname {GITHUB} -CAfile /etc/ssl/certs/ca-certificates.crt </dev/null 2>&1"
    )
    log = said(station, AppSpec(PYTHON, ("sh", "-c", line)))
    assert "Verify return code: 0 (ok)" in log


def test_commands_trust_it_as_any_user(commands: Station, engine: docker.DockerClient) -> None:
    with built_image(engine, "USER 4711:4711\nENV PYTHONPATH=/opt/mine") as image:
        pod = CommandPod(commands.pod, AppSpec(image, ("python3", "-c")))
        pod.serve(Begin())
        shown = f"{URLLIB}; import os; print(os.environ['PYTHONPATH'])"
        begun = pod.serve(Start(args=(shown,)))
        seen = pod.serve(Read(handle=begun.handle, timeout=10))
        assert seen.stdout.split() == ["200", "/.grader-trust/python:/opt/mine"], seen.stderr
        assert commands.seen()["count"] == 1
        commands.pod.close()  # the image can go when nothing of it runs


def test_other_names_are_not_there(station: Station) -> None:
    code = """
import socket
for name in ("example.org", "github.com", "uploads.github.com"):
    try: print(socket.getaddrinfo(name, 443))
    except OSError as error: print(type(error).__name__)
"""
    assert said(station, python_app(code)).split() == ["gaierror"] * 3


def test_an_image_may_declare_a_volume_there(station: Station, engine: docker.DockerClient) -> None:
    with built_image(engine, "VOLUME /etc/ssl/certs\nVOLUME /data") as image:
        assert said(station, python_app(URLLIB, image=image)) == "200"


# -- the app's own port ----------------------------------------------------------------------------


def test_an_app_may_listen_on_port_80(station: Station) -> None:
    station.pod.start_app(AppSpec(PYTHON, ("python3", "-m", "http.server", "80")))
    while station.pod.app_status().running and not station.pod.app_log():
        time.sleep(0.05)  # it says so when it listens
    assert station.seen()["listening"] == ["0.0.0.0:80", "127.53.0.1:443"]


# -- programs that mean no good --------------------------------------------------------------------


def test_what_it_trusts_cannot_be_changed_and_holds_no_key(station: Station) -> None:
    code = """
import pathlib
for folder in ("/.grader-trust", "/etc/ssl/certs"):
    try: pathlib.Path(folder, "cert.pem").write_text("x")
    except OSError as error: print(error.strerror)
files = [file for file in pathlib.Path("/.grader-trust").rglob("*") if file.is_file()]
print(len(files) > 5, any(b"PRIVATE" in file.read_bytes() for file in files))
"""
    assert said(station, python_app(code)).splitlines() == [
        "Read-only file system",
        "Read-only file system",
        "True False",
    ]


def test_another_answer_for_the_name_is_no_call(station: Station) -> None:
    code = """
import os, socket
try:
    socket.create_server(("127.53.0.1", 443))
except OSError as error:
    print(error.strerror)
try:
    with open("/etc/hosts", "a") as file:
        file.write("127.0.0.1 api.github.com\\n")
except OSError as error:
    print(error.strerror)
"""
    assert "Address already in use" in said(station, python_app(code))
    assert station.seen()["count"] == 0


FLOOD = f"""
import socket, threading, urllib.request
held = []
def hold():
    for _ in range(200):
        try: held.append(socket.create_connection(("{GITHUB}", 443), 2))
        except OSError: pass
threads = [threading.Thread(target=hold) for _ in range(4)]
[one.start() for one in threads]; [one.join() for one in threads]
[one.close() for one in held]
for _ in range(100):
    try:
        print(urllib.request.urlopen("{URL}", timeout=5).status)
        break
    except OSError: pass
"""


def test_a_flood_harms_nobody(station: Station) -> None:
    assert said(station, python_app(FLOOD)) == "200"
    assert station.seen()["count"] >= 1


def test_nothing_else_listens(station: Station) -> None:
    assert station.seen()["listening"] == ["127.53.0.1:80", "127.53.0.1:443"]
