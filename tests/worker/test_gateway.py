"""The build gateway on the real engine: what builds reach through it, and what they do not."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import docker
import pytest

from grader.settings import settings
from tests.worker.images_support import NODE, PYTHON, Bench
from tests.worker.images_support import bench as bench
from worker.builds.gateway import (
    Gateway,
    ensure_gateway,
    gateway_is_up,
    remove_gateway,
)
from worker.builds.mirror import ALIAS, Registries, private_hosts, render
from worker.images.catalogue import RECIPE_PREFIX
from worker.images.context import definition
from worker.sandbox.image_build import BuildError
from worker.sandbox.network_lease import leased
from worker.sandbox.services import Services

RECIPE = f"{RECIPE_PREFIX}python:3.11"
# Names that stand for anything outside: reserved, so that no test ever asks a real host.
OUTSIDE = "nowhere.example"

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def gateway(engine: docker.DockerClient) -> Gateway:
    """The operator's gateway."""
    return ensure_gateway(engine, settings(), progress=print)


class Inside:
    """Builds on the gateway's network."""

    def __init__(self, bench: Bench, gateway: Gateway) -> None:
        self._bench, self._gateway = bench, gateway

    def run(self, *lines: str, base: str = PYTHON, files: dict[str, str] | None = None) -> str:
        """Build; returns the log."""
        try:
            _, built = self._bench.build(
                *lines,
                base=base,
                files=files,
                network=self._gateway.name,
                build_args=self._gateway.build_args,
                seconds=180.0,
            )
        except BuildError as error:
            pytest.fail(f"{error}\n{error.log}")
        return built.log


@pytest.fixture
def inside(bench: Bench, gateway: Gateway) -> Inside:
    """Builds beside the gateway."""
    return Inside(bench, gateway)


def _mirror_log(engine: docker.DockerClient, since: float) -> list[list[str]]:
    """Rows ``mirror <client> <status> <HIT|MISS> <method> <path> <bytes>``."""
    lines = Services(engine).log(ALIAS, since=since, lines=5000).splitlines()
    return [words for line in lines if (words := line.split()) and words[0] == "mirror"]


# -- what works -------------------------------------------------------------------------------


def test_pip_of_a_learners_own_dockerfile_installs_through_the_proxy(inside: Inside) -> None:
    log = inside.run("RUN pip install --no-cache-dir itsdangerous")
    assert "Successfully installed itsdangerous" in log
    assert ALIAS not in log, "a learner's own Dockerfile must not see the mirror"


def test_apt_works_through_the_proxy(inside: Inside) -> None:
    # The smallest of Debian's lists is enough to see that it comes through.
    log = inside.run("RUN sed -i '/-updates/!d' /etc/apt/sources.list && apt-get update")
    assert "Reading package lists" in log
    assert "Fetched" in log


def test_npm_of_a_learners_own_dockerfile_installs_through_the_proxy(inside: Inside) -> None:
    log = inside.run("WORKDIR /app", "RUN npm install --no-audit ms", base=NODE)
    assert "added 1 package" in log


UV = (
    "ARG UV_DEFAULT_INDEX",
    # With hashes: what the mirror hands out is what the index promised.
    "RUN printf 'itsdangerous==2.2.0 "
    "--hash=sha256:c6242fc49e35958c8b15141343aa660db5fc54d4f13a1db01a3f5891b98700ef\\n' > r.txt"
    " && uv pip install --system --no-cache --require-hashes -r r.txt",
)


def test_uv_downloads_once_for_all_learners(engine: docker.DockerClient, inside: Inside) -> None:
    inside.run(*UV, base=RECIPE)
    since = time.time()
    time.sleep(1)  # the log is asked for by whole seconds
    log = inside.run("RUN echo another learner", *UV, base=RECIPE)
    assert "itsdangerous==2.2.0" in log
    rows = [row for row in _mirror_log(engine, since) if "itsdangerous" in row[5]]
    assert any(row[5].endswith((".whl", ".metadata")) for row in rows)
    assert _downloaded_again(rows) == []


def test_npm_downloads_once_for_all_learners_scoped_names_too(
    engine: docker.DockerClient, inside: Inside
) -> None:
    lines = (
        "ARG npm_config_registry",
        "WORKDIR /app",
        "RUN npm install --no-audit --no-update-notifier ms @types/ms",
    )
    log = inside.run(*lines, base=NODE)
    assert "added 2 packages" in log
    since = time.time()
    time.sleep(1)
    inside.run("RUN echo another learner", *lines, base=NODE)
    rows = [row for row in _mirror_log(engine, since) if row[5].startswith("/npm/")]
    assert any(row[5].endswith(".tgz") for row in rows)
    assert any("/npm/@types" in row[5] for row in rows)
    assert _downloaded_again(rows) == []


def _downloaded_again(rows: list[list[str]]) -> list[str]:
    """What went upstream although it was there. Pages of an index are asked for again after a
    while, which a slow machine may reach between two builds; files never are."""
    files = (".whl", ".metadata", ".tgz", ".tar.gz")
    late = ("HIT", "EXPIRED", "REVALIDATED", "UPDATING", "STALE")
    return [
        row[5] for row in rows if row[3] != "HIT" and (row[5].endswith(files) or row[3] not in late)
    ]


ASK = """
import hashlib, json, sys, urllib.request
base = "http://grader-gateway:3141"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
def get(path, **headers):
    request = urllib.request.Request(path if "://" in path else base + path)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    return opener.open(request, timeout=60)
"""


def test_the_index_is_given_as_json_or_html_as_asked(inside: Inside) -> None:
    script = ASK + (
        "page = get('/pypi/simple/itsdangerous/', Accept='text/html')\n"
        "assert 'text/html' in page.headers['Content-Type'], page.headers\n"
        "text = page.read().decode()\n"
        "assert 'http://grader-gateway:3141/' in text and 'https://' not in text.split('<a ')[1]\n"
        "json_type = 'application/vnd.pypi.simple.v1+json'\n"
        "page = get('/pypi/simple/itsdangerous/', Accept=json_type)\n"
        "assert page.headers['Content-Type'].startswith(json_type), page.headers\n"
        "found = json.load(page)['files'][-1]\n"
        "content = get(found['url']).read()\n"
        "assert hashlib.sha256(content).hexdigest() == found['hashes']['sha256']\n"
        "part = get(found['url'], Range='bytes=2-5')\n"
        "assert part.status == 206 and part.read() == content[2:6], part.status\n"
        "print('all', 'well')\n"
    )
    assert "all well" in inside.run("COPY a.py /", "RUN python /a.py", files={"a.py": script})


def test_what_one_build_says_does_not_reach_the_next(inside: Inside) -> None:
    script = ASK + (
        "plain = get('/pypi/simple/itsdangerous/').read()\n"
        "odd = get('/pypi/simple/itsdangerous/?x=1', X_Forwarded_Host='evil.example', "
        "Authorization='Basic eDp4', Cookie='a=b', Accept_Encoding='br').read()\n"
        "assert odd == plain\n"
        "for method in ('POST', 'PUT', 'DELETE'):\n"
        "    request = urllib.request.Request(base + '/npm/ms', method=method, data=b'')\n"
        "    try:\n"
        "        print(opener.open(request).status)\n"
        "    except urllib.error.HTTPError as error:\n"
        "        assert error.code == 405, error.code\n"
        "print('all', 'well')\n"
    )
    assert "all well" in inside.run("COPY a.py /", "RUN python /a.py", files={"a.py": script})


# -- what does not ----------------------------------------------------------------------------

REFUSED = """
import os, urllib.error, urllib.request
for url in ("http://nowhere.example/", "http://169.254.169.254/latest/", "http://127.0.0.1:3141/",
            "http://grader-gateway:3141/", "http://[::1]/"):
    try:
        request = urllib.request.Request(url)
        request.set_proxy("grader-gateway:3128", "http")
        print("REACHED", url, urllib.request.urlopen(request, timeout=20).status)
    except urllib.error.HTTPError as error:
        print(error.code, url, error.read().decode()[:200].replace(chr(10), " "))
try:
    print("REACHED", urllib.request.urlopen("https://nowhere.example/", timeout=20).status)
except urllib.error.URLError as error:
    print("tls", error)
"""


def test_other_hosts_are_refused_in_words(inside: Inside, gateway: Gateway) -> None:
    log = inside.run("COPY a.py /", "RUN python /a.py", files={"a.py": REFUSED})
    assert "REACHED" not in log
    assert f"403 http://{OUTSIDE}/ Builds may reach package registries only" in log
    assert gateway.hosts[0] in log, "the page names what a build may reach"
    assert "403" in log.split("tls")[1]


def test_a_registry_is_read_only_and_on_its_port_only(inside: Inside, gateway: Gateway) -> None:
    script = (
        "import urllib.error, urllib.request\n"
        f"for host in {gateway.hosts!r}:\n"
        "    for url, method in ((f'http://{host}:22/', 'GET'), (f'http://{host}/', 'POST')):\n"
        "        request = urllib.request.Request(url, method=method, data=b'' if method == 'POST'"
        " else None)\n"
        "        try:\n"
        "            print('REACHED', url, urllib.request.urlopen(request, timeout=20).status)\n"
        "        except urllib.error.HTTPError as error:\n"
        "            print(method, error.code)\n"
    )
    log = inside.run("COPY a.py /", "RUN python /a.py", files={"a.py": script})
    assert "REACHED" not in log
    assert log.count("GET 403") == log.count("POST 403") == len(gateway.hosts)


PROBE = """
import socket, sys
def reach(kind, family, address):
    peer = socket.socket(family, kind)
    peer.settimeout(2)
    try:
        peer.connect(address)
        peer.send(b"hello")
        return "sent" if kind == socket.SOCK_DGRAM else "REACHED"
    except OSError as error:
        return type(error).__name__
def probe(target):
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM)
    return target, *(reach(kind, family, (target, int(sys.argv[1]))) for kind in kinds)
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(16) as pool:
    print(*pool.map(probe, sys.argv[2:]), sep=chr(10))
for name in ("nowhere.example", "host.docker.internal"):
    try:
        print("RESOLVED", socket.getaddrinfo(name, 80))
    except OSError:
        print("no", name)
"""


def test_nothing_of_the_host_is_reachable(inside: Inside, engine: docker.DockerClient) -> None:
    """Listeners on every address of the host hear nothing from a build."""
    heard: list[object] = []
    with _Canary(heard) as port:
        networks = engine.api.networks()
        gateways = [
            config["Gateway"]
            for network in networks
            for config in network["IPAM"]["Config"] or ()
            if "Gateway" in config
        ]
        targets = [*_own_addresses(), *gateways, "169.254.169.254", "10.255.255.53", "fd00::2"]
        log = inside.run(
            "COPY a.py /", f"RUN python /a.py {port} {' '.join(targets)}", files={"a.py": PROBE}
        )
    assert "REACHED" not in log
    assert "RESOLVED" not in log
    assert heard == []


def test_the_gateway_offers_builds_two_ports_and_no_route(inside: Inside) -> None:
    script = (
        "import socket\n"
        "def is_open(port):\n"
        "    with socket.socket() as peer:\n"
        "        peer.settimeout(5)\n"
        "        return peer.connect_ex(('grader-gateway', port)) == 0\n"
        "print('open:', *(port for port in range(1, 10000) if is_open(port)))\n"
    )
    log = inside.run("COPY a.py /", "RUN python /a.py", files={"a.py": script})
    assert "open: 3128 3141\n" in log


def test_builds_at_the_same_time_are_on_networks_of_their_own(
    engine: docker.DockerClient, gateway: Gateway
) -> None:
    never = threading.Event()
    with (
        leased(engine, gateway.name, 30, never) as first,
        leased(engine, gateway.name, 30, never) as second,
    ):
        assert first != second
    for name in (first, second):
        network = engine.api.inspect_network(name)
        assert network["Internal"]


# -- its own life -----------------------------------------------------------------------------


def test_asking_again_is_cheap(engine: docker.DockerClient, gateway: Gateway) -> None:
    took = []
    for _ in range(5):
        started = time.perf_counter()
        assert ensure_gateway(engine, settings()) == gateway
        took.append(time.perf_counter() - started)
    assert min(took) < 0.05


def test_it_has_no_rights(engine: docker.DockerClient, gateway: Gateway) -> None:
    raw = engine.api.inspect_container(gateway.container)
    host = raw["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert host["ReadonlyRootfs"]
    assert raw["Config"]["User"] == "proxy"
    assert raw["Config"]["Labels"]["org.grader.role"] == "gateway"
    code, output = Services(engine).run(gateway.container, ["cat", "/proc/sys/net/ipv4/ip_forward"])
    assert (code, output.strip()) == (0, "0")


@pytest.fixture
def suffix(engine: docker.DockerClient) -> Iterator[str]:
    """The ending of the names of a gateway that only one test uses."""
    name = f"-test-{uuid.uuid4().hex[:6]}"
    yield name
    remove_gateway(engine, name)
    engine.api.remove_volume(f"{ALIAS}-cache{name}", force=True)


def test_it_is_made_once_however_many_ask_and_anew_when_its_settings_change(
    engine: docker.DockerClient, suffix: str
) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ensure_gateway, engine, settings(), suffix) for _ in range(4)]
        gateways = [one.result() for one in asked]
    assert len(set(gateways)) == 1
    first = engine.api.inspect_container(gateways[0].container)["Id"]
    engine.api.kill(first)
    assert not gateway_is_up(engine, settings(), suffix)
    assert ensure_gateway(engine, settings(), suffix) == gateways[0]

    wider = settings().model_copy(update={"build_allow_hosts": OUTSIDE})
    changed = ensure_gateway(engine, wider, suffix)
    assert OUTSIDE in changed.hosts
    assert engine.api.inspect_container(changed.container)["Id"] != first


# -- its configuration ------------------------------------------------------------------------


def test_ports_and_hosts_follow_the_operators_registries() -> None:
    found = Registries(
        pypi_index="https://packages.example:8443/python/simple/",
        npm_registry="http://npm.example:4873/",
        others=("http://debian.example/debian", "extra.example"),
    )
    assert found.hosts() == [
        "debian.example",
        "extra.example",
        "npm.example",
        "packages.example",
    ]
    assert found.ports("https") == [443, 8443]
    assert found.ports("http") == [80, 4873]
    files = {name: text.decode() for name, text in render(found, definition("gateway")).items()}
    assert not any(f"@{word}" in files["squid.conf"] for word in ("HOSTS", "TLS", "WEB", "INSIDE"))
    assert 'set $upstream "https://packages.example:8443";' in files["nginx.conf"]
    assert "proxy_pass $upstream/python/simple/$simple_rest;" in files["nginx.conf"]


def test_a_registry_inside_the_operators_network_is_let_through() -> None:
    assert private_hosts(["localhost"]) == ("localhost",)
    found = Registries(others=("localhost",), inside=("localhost",))
    squid = render(found, definition("gateway"))["squid.conf"].decode()
    assert "acl operators dstdomain -n localhost" in squid
    assert "http_access deny inside !operators" in squid


def test_without_registries_nothing_is_let_through() -> None:
    squid = render(Registries(), definition("gateway"))["squid.conf"].decode()
    assert "acl allowed dstdomain -n none.invalid" in squid


class _Canary:
    """Listens for TCP and UDP on every address of this host while the block runs."""

    def __init__(self, heard: list[object]) -> None:
        self._heard = heard

    def __enter__(self) -> int:
        self._tcp = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        port = int(self._tcp.getsockname()[1])
        self._udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self._udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self._udp.bind(("::", port))
        for peer in (self._tcp, self._udp):
            peer.settimeout(0.2)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return port

    def _listen(self) -> None:
        while not self._stopped.is_set():
            for take in (self._tcp.accept, lambda: self._udp.recvfrom(64)):
                try:
                    self._heard.append(take()[1])
                except TimeoutError:
                    continue

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._tcp.close()
        self._udp.close()


def _own_addresses() -> list[str]:
    """IPv4 addresses of this host's interfaces."""
    done = subprocess.run(
        ["ip", "-4", "-brief", "address"], capture_output=True, text=True, check=True
    )
    listing = done.stdout.split()
    return [word.split("/")[0] for word in listing if word.count(".") == 3 and "/" in word]
