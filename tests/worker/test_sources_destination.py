"""Where the service may fetch from: public addresses, resolved once, and nothing else."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from grader.cli.git_server import serve, serve_repositories
from grader.errors import GraderError
from tests.worker.sources_support import APP, commit_files, error_of, settings, tree_of
from worker.sources.destination import Destination, is_special, vet

NAME = "git.school.example"
LOOPBACK = "127.0.0.0/8"

SPECIAL = """
127.0.0.1 127.255.255.255 10.0.0.1 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254
100.64.0.1 100.127.255.255 0.0.0.0 0.1.2.3 224.0.0.1 239.255.255.255 255.255.255.255 192.0.0.1
192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 240.0.0.1 192.88.99.1 168.63.129.16
:: ::1 fe80::1 fec0::1 fc00::1 fd00:ec2::254 ff02::1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1::
2001:0:7f00:1::1 2001:db8::1 100::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
::7f00:1 5f00::1 3fff::1
"""
PUBLIC = "1.1.1.1 8.8.8.8 93.184.216.34 2606:4700:4700::1111 2a00:1450:4001:81b::200e"
# 127.0.0.1 as resolvers, browsers or people write it.
SPELLINGS = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 localhost LOCALHOST
127.0.0.1. localhost. [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1]
"""


@pytest.mark.parametrize("text", SPECIAL.split())
def test_special_addresses(text: str) -> None:
    assert is_special(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC.split())
def test_public_addresses(text: str) -> None:
    assert not is_special(ipaddress.ip_address(text))


@pytest.mark.parametrize("host", SPELLINGS.split())
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_this_machine_in_every_spelling(host: str, scheme: str) -> None:
    with pytest.raises(GraderError) as refused:
        vet(f"{scheme}://{host}/a.git", "x", settings())
    # A spelling that the resolver does not know leads nowhere either.
    assert refused.value.code in ("source.refused_address", "source.unknown_host")


def answers(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Make names resolve to other addresses at each look; the last stay. Returns who was asked."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> object:
        if isinstance(host, bytes):
            host = host.decode()
        if not host.endswith(".example"):
            return real(host, port, *args, **kwargs)  # type: ignore[arg-type]
        found = rounds[min(len(asked), len(rounds) - 1)]
        asked.append(host)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [row for text in found for row in real(text, port, *args, **kwargs)]  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(GraderError) as refused:
        vet(f"https://{NAME}/a.git", "https://a", settings())
    assert refused.value.code == "source.refused_address"
    assert "GRADER_ALLOWED_NETWORKS" in refused.value.hint


def test_the_first_of_several_public_addresses_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answers(monkeypatch, ["93.184.216.34", "1.1.1.1"])
    found = vet(f"https://{NAME}/a.git", "x", settings())
    assert found == Destination(NAME, 443, "93.184.216.34")
    assert asked == [NAME]


@pytest.mark.parametrize("port", [1, 22, 25, 81, 6379, 5432, 65535])
def test_ports(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, ["93.184.216.34"])
    with pytest.raises(GraderError) as refused:
        vet(f"http://{NAME}:{port}/a.git", "x", settings())
    assert refused.value.code == "source.refused_port"


def test_an_unknown_host_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, [])
    with pytest.raises(GraderError) as refused:
        vet(f"https://{NAME}/a.git", "x", settings())
    assert refused.value.code == "source.unknown_host"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "served").mkdir()
    commit_files(tmp_path / "served" / "work.git", APP, "first")
    with serve_repositories(tmp_path / "served") as served:
        yield served


def test_a_repository_of_this_machine_is_refused_over_the_network(url: str, tmp_path: Path) -> None:
    error = error_of(f"{url}/work.git", tmp_path, remote=True)
    assert error.code == "source.refused_address"
    archive = error_of(f"archive+{url}/work.zip", tmp_path, remote=True)
    assert archive.code == "source.refused_address"


def test_a_network_that_the_operator_allows(url: str, tmp_path: Path) -> None:
    fetched = tree_of(f"{url}/work.git", tmp_path, remote=True, allowed_networks=LOOPBACK)
    assert fetched.tree.paths() == ("app.py", "requirements.txt")


def test_a_name_that_changes_its_mind_is_not_asked_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git has a resolver of its own, which does not know the name: it is told the address."""
    asked = answers(monkeypatch, ["127.0.0.1"], ["192.0.2.1"])
    named = f"http://{NAME}:{urlsplit(url).port}/work.git"
    fetched = tree_of(named, tmp_path, remote=True, allowed_networks=LOOPBACK)
    assert fetched.source.location == named
    assert asked == [NAME]


def test_what_a_server_sends_elsewhere_is_not_followed(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, ["127.0.0.1"])

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", f"{url}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serve(Elsewhere) as sender:
        named = f"http://{NAME}:{urlsplit(sender).port}/work.git"
        error = error_of(named, tmp_path, remote=True, allowed_networks=LOOPBACK)
    assert error.code == "source.redirect"


def test_the_certificate_must_be_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    served = tmp_path / "served"
    served.mkdir()
    commit_files(served / "work.git", APP, "first")

    def over_tls(name: str) -> GraderError | tuple[str, ...]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        with serve_repositories(served, context) as server:
            port = urlsplit(server).port
            options = {"remote": True, "allowed_networks": LOOPBACK, "ca_bundle": bundle}
            source = f"https://{NAME}:{port}/work.git"
            if name != NAME:
                return error_of(source, tmp_path, **options)
            return tree_of(source, tmp_path, **options).tree.paths()

    answers(monkeypatch, ["127.0.0.1"])
    assert over_tls(NAME) == ("app.py", "requirements.txt")
    wrong = over_tls("another.example")
    assert isinstance(wrong, GraderError)
    assert wrong.code == "source.tls"
