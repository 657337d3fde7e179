"""The configuration of the build gateway: pure text, from what the operator uses.

One neighbour serves all builds: a proxy (squid) for Dockerfiles that learners wrote, which lets
out to a list of hosts, and a caching mirror (nginx) of the Python and npm registries for the
recipes that we write.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

ALIAS = "grader-gateway"
PROXY_PORT = 3128
MIRROR_PORT = 3141
MIRROR = f"http://{ALIAS}:{MIRROR_PORT}"
MIRROR_CACHE_MB = 8192
PROXY_CACHE_MB = 2048

# How long answers are kept. An index changes when somebody releases, a file never does.
_INDEX_TTL = "proxy_cache_valid 200 10m; proxy_cache_valid 404 1m;"
# Of a file, a part may be asked for: uv reads the end of a wheel whose index has no metadata.
_FILE_TTL = "proxy_cache_valid 200 365d; proxy_cache_valid 404 1m; proxy_force_ranges on;"

# nginx takes these from the outer level only where a location sets none of its own.
_HEADERS = (
    "  proxy_set_header Accept-Encoding identity;",
    "  proxy_set_header User-Agent grader-gateway;",
    '  proxy_set_header Connection "";',
)

# RFC 6890 and its successors: addresses that are not on the public Internet.
INSIDE = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/128",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)


@dataclass(frozen=True, slots=True)
class Registries:
    """The package registries that builds may reach.

    Attributes:
        pypi_index: URL of a Python index's ``simple`` page, with its closing slash; or None.
        pypi_file_hosts: Hosts other than the index's that hold its files.
        npm_registry: URL of an npm registry, with its closing slash; or None.
        others: URLs or bare hosts that builds may reach besides: Debian mirrors, the operator's.
        inside: Those hosts of all of them that have private addresses.
    """

    pypi_index: str | None = None
    pypi_file_hosts: tuple[str, ...] = ()
    npm_registry: str | None = None
    others: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()

    def urls(self) -> list[str]:
        """Every place as a URL; a bare host is meant with TLS."""
        named = [self.pypi_index, self.npm_registry, *self.pypi_file_hosts, *self.others]
        return [place if "://" in place else f"https://{place}" for place in named if place]

    def hosts(self) -> list[str]:
        """Every host, once, in a stable order."""
        return sorted({urlsplit(url).hostname or "" for url in self.urls()} - {""})

    def ports(self, scheme: str) -> list[int]:
        """The ports of ``https`` or ``http``: the usual one and those that URLs name."""
        usual = 443 if scheme == "https" else 80
        parts = [urlsplit(url) for url in self.urls()]
        return sorted(
            {usual} | {part.port for part in parts if part.scheme == scheme and part.port}
        )


def private_hosts(hosts: Sequence[str]) -> tuple[str, ...]:
    """Those hosts that have a private address here: registries inside the operator's network."""
    return tuple(host for host in hosts if any(map(_is_inside, _addresses(host))))


def _addresses(host: str) -> set[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return set()
    return {str(row[4][0]).partition("%")[0] for row in found}


def _is_inside(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    networks = map(ipaddress.ip_network, INSIDE)
    return any(parsed in network for network in networks if network.version == parsed.version)


def render(registries: Registries, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Fill the templates of ``definitions/gateway``.

    Args:
        registries: What builds may reach.
        files: The folder's files by name; all but the configurations are passed on as they are.
    """
    hosts = registries.hosts()
    inside = registries.inside
    words = {
        "@HOSTS@": " ".join(hosts) or "none.invalid",
        "@INSIDE@": " ".join(INSIDE),
        "@TLS_PORTS@": " ".join(map(str, registries.ports("https"))),
        "@WEB_PORTS@": " ".join(map(str, registries.ports("http"))),
        "@INSIDE_ACL@": f"acl operators dstdomain -n {' '.join(inside)}" if inside else "",
        "@INSIDE_EXCEPTION@": "!operators" if inside else "",
    }
    squid = words | {"@CACHE_MB@": str(PROXY_CACHE_MB)}
    nginx = {"@CACHE_MB@": str(MIRROR_CACHE_MB), "@LOCATIONS@": _locations(registries)}
    page = words | {"@HOSTS@": ", ".join(hosts)}
    changed = {"squid.conf": squid, "nginx.conf": nginx, "error.html": page}
    return {name: _fill(content, changed.get(name, {})) for name, content in files.items()}


def _fill(content: bytes, words: Mapping[str, str]) -> bytes:
    text = content.decode()
    for word, value in words.items():
        text = text.replace(word, value)
    return text.encode()


def _locations(registries: Registries) -> str:
    blocks: list[str] = []
    if registries.pypi_index:
        blocks += _python(registries.pypi_index, registries.pypi_file_hosts)
    if registries.npm_registry:
        blocks += _npm(registries.npm_registry)
    return "\n".join(blocks)


def _python(index: str, file_hosts: Sequence[str]) -> list[str]:
    """Index pages with the addresses of files rewritten to the mirror, and the files."""
    # Files lie beside the index where no other host holds them: /pypi/ is the index's parent.
    parent = index.rstrip("/").rpartition("/")[0] + "/"
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(index))
    rewrites = [(f"https://{host}/", f"{MIRROR}/pypi-files/{host}/") for host in file_hosts]
    rewrites += [(parent, f"{MIRROR}/pypi/")]
    # A redirect to another spelling of a name stays on the mirror.
    path = urlsplit(index).path
    moved = f"proxy_redirect {origin.rstrip('/')}{path} /pypi/simple/; "
    moved += f"proxy_redirect {path} /pypi/simple/;"
    blocks = [
        _location(
            "/pypi/simple/", index, "$simple_rest", "$simple_kind", _INDEX_TTL, rewrites, moved
        ),
        _location("/pypi/", parent, "$index_rest", "*/*", _FILE_TTL),
    ]
    for host in file_hosts:
        place = f"/pypi-files/{host}/"
        blocks.append(_location(place, f"https://{host}/", "$files_rest", "*/*", _FILE_TTL))
    return blocks


def _npm(registry: str) -> list[str]:
    """Packuments with the addresses of tarballs rewritten to the mirror, and the tarballs."""
    rewrites = [(registry, f"{MIRROR}/npm/")]
    return [
        _location("/npm/", registry, "$npm_rest", "$packument_kind", _INDEX_TTL, rewrites),
        _location("~ ^/npm/.+/-/.+[.]tgz$", registry, "$npm_rest", "*/*", _FILE_TTL),
    ]


def _location(
    match: str,
    upstream: str,
    rest: str,
    accept: str,
    ttl: str,
    rewrites: Sequence[tuple[str, str]] = (),
    more: str = "",
) -> str:
    """One ``location`` block that mirrors what is below ``upstream``."""
    parts = urlsplit(upstream)
    lines = [
        f"location {match} {{",
        # A variable makes nginx look the name up while it runs, not only when it starts.
        f'  set $upstream "{parts.scheme}://{parts.netloc}";',
        f"  proxy_pass $upstream{parts.path}{rest};",
        f"  proxy_set_header Host {parts.netloc};",
        f'  proxy_set_header Accept "{accept}";',
        *_HEADERS,
        f'  proxy_cache_key "{upstream}{rest} {accept}";',
        f"  {ttl}",
        *(f"  sub_filter '{before}' '{after}';" for before, after in rewrites),
        *([f"  {more}"] if more else []),
        "}",
    ]
    return "\n".join(f"    {line}" for line in lines)
