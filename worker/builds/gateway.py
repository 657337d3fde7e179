"""The build gateway: the only neighbour of learners' builds.

    gateway = ensure_gateway(client, settings)
    BuildRequest(…, network=gateway.name, build_args=gateway.build_args)

Each build runs on a network of the engine that has no way out and no address of the host on it,
and that no other build is on. The gateway container is on all of them and on an ordinary one;
:mod:`worker.builds.mirror` says what it lets through.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from grader.errors import PlatformError
from grader.settings import Settings
from worker.builds.mirror import (
    ALIAS,
    MIRROR,
    MIRROR_PORT,
    PROXY_PORT,
    Registries,
    private_hosts,
    render,
)
from worker.images.broker import operators_proxies
from worker.images.catalogue import CATALOGUE, DIGEST_LABEL, ROLE_LABEL, debian_of
from worker.images.context import definition, digest, pack
from worker.images.upstreams import debian_mirror, npm_registry, python_index
from worker.sandbox.image_build import BuildError, BuildRequest
from worker.sandbox.images import ImageStore
from worker.sandbox.network_lease import ANY
from worker.sandbox.runtimes import runtime_fields
from worker.sandbox.services import Engine, Services

ROLE = "gateway"
IMAGE_ROLE = "gateway-image"
SUITE = "bookworm"
REPOSITORY = "grader/gateway"
# The registries are asked of the operator's tools once a day: that takes seconds.
REMEMBERED_S = 24 * 3600
READY_TIMEOUT_S = 60.0
MEMORY_BYTES = 512 * 1024**2
PIDS = 256
# As many builds can run at once; each network takes one of the engine's address ranges.
NETWORKS = 4
# Engine 28 has a mode that gives the host no address on a network; before it there was an option.
ISOLATED_SINCE = 28

_READY = f"exec 3<>/dev/tcp/127.0.0.1/{PROXY_PORT} && exec 4<>/dev/tcp/127.0.0.1/{MIRROR_PORT}"


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that is up.

    Attributes:
        name: The networks that RUN steps are on, one for each build: ``grader-build-*``.
        container: The gateway's container.
        http_proxy_url: The proxy for everything, as builds see it.
        pypi_index_url: The mirror of the Python index; None where the operator has none.
        npm_registry_url: The mirror of the npm registry; None where the operator has none.
        hosts: Hosts that builds may reach through the proxy.
    """

    name: str
    container: str
    http_proxy_url: str
    pypi_index_url: str | None
    npm_registry_url: str | None
    hosts: tuple[str, ...]

    @property
    def build_args(self) -> Mapping[str, str]:
        """Build arguments: the proxy's are predefined, the mirrors' need an ARG each.

        ``UV_DEFAULT_INDEX``, ``PIP_INDEX_URL`` with ``PIP_TRUSTED_HOST``, and
        ``npm_config_registry`` mean the same to the tools when a recipe declares them.
        """
        arguments = {"http_proxy": self.http_proxy_url, "https_proxy": self.http_proxy_url}
        arguments["no_proxy"] = f"localhost,127.0.0.1,::1,{ALIAS}"
        arguments |= {name.upper(): value for name, value in arguments.items()}
        if self.pypi_index_url:
            arguments["UV_DEFAULT_INDEX"] = arguments["PIP_INDEX_URL"] = self.pypi_index_url
            arguments["PIP_TRUSTED_HOST"] = ALIAS
        if self.npm_registry_url:
            arguments["npm_config_registry"] = self.npm_registry_url
        return arguments

    @property
    def extra_hosts(self) -> tuple[str, ...]:
        """Lines for /etc/hosts: none, the engine's name server knows the gateway."""
        return ()


def ensure_gateway(
    client: Engine,
    settings: Settings,
    suffix: str = "",
    progress: Callable[[str], None] = lambda _line: None,
) -> Gateway:
    """See that the gateway is up; a few milliseconds when it is.

    Args:
        client: The engine.
        settings: Registries and further hosts, CA bundle (through the base image), state folder.
        suffix: Appended to the names of its container, networks and volume (tests).
        progress: Called with a line for a person before it is made.

    Returns:
        The gateway, answering.

    Raises:
        PlatformError: ``gateway.not_up`` if it does not answer, ``images.not_made`` if its image
            cannot be made, ``engine.failed``.
    """
    registries = find_registries(client, settings)
    wanted = _Wanted(client, settings, registries, suffix)
    if not wanted.is_up():
        progress("starting the build gateway")
        with _lock(settings.state_dir):
            wanted.bring_up()
    return wanted.gateway()


def gateway_is_up(client: Engine, settings: Settings, suffix: str = "") -> bool:
    """Whether the gateway runs as :func:`ensure_gateway` would leave it; changes nothing."""
    try:
        registries = find_registries(client, settings)
        return _Wanted(client, settings, registries, suffix).is_up()
    except PlatformError:
        return False


def remove_gateway(client: Engine, suffix: str = "") -> None:
    """Remove the gateway's container and networks; its cache stays."""
    services = Services(client)
    services.remove(f"{ALIAS}{suffix}")
    services.remove_network(f"grader-egress{suffix}")
    for number in range(NETWORKS):
        services.remove_network(f"grader-build{suffix}-{number}")


class _Wanted:
    """The gateway as it should be, and the steps that make it so."""

    def __init__(
        self,
        client: Engine,
        settings: Settings,
        registries: Registries,
        suffix: str,
    ) -> None:
        self._store, self._services = ImageStore(client), Services(client)
        self._settings, self._registries = settings, registries
        self._name = f"{ALIAS}{suffix}"
        self._inner = [f"grader-build{suffix}-{number}" for number in range(NETWORKS)]
        self._outer = f"grader-egress{suffix}"
        self._any = f"grader-build{suffix}-{ANY}"
        self._volume = f"{ALIAS}-cache{suffix}"
        self._files = render(registries, definition("gateway"))
        self._digest = digest(self._files | {"base": self._base_digest()})

    def gateway(self) -> Gateway:
        found = self._registries
        return Gateway(
            name=self._any,
            container=self._name,
            http_proxy_url=f"http://{ALIAS}:{PROXY_PORT}",
            pypi_index_url=f"{MIRROR}/pypi/simple/" if found.pypi_index else None,
            npm_registry_url=f"{MIRROR}/npm/" if found.npm_registry else None,
            hosts=tuple(found.hosts()),
        )

    def is_up(self) -> bool:
        """Whether it runs, with this configuration, on both networks."""
        found = self._services.find(self._name)
        return (
            found is not None
            and found.running
            and found.labels.get(DIGEST_LABEL) == self._digest
            and {*self._inner, self._outer} <= found.networks
        )

    def bring_up(self) -> None:
        """Make what is missing. Called by one process at a time on this machine."""
        if not self.is_up():
            image = self._image()
            self._services.remove(self._name)
            self._networks()
            networks = {self._outer: [], **{name: [ALIAS] for name in self._inner}}
            self._services.start(self._name, self._config(image), networks)
            self._remove_replaced(image)
        if not self._services.wait_until(self._name, ["bash", "-c", _READY], READY_TIMEOUT_S):
            log = ""
            with suppress(PlatformError):
                log = self._services.log(self._name, lines=30)
            raise PlatformError("gateway.not_up", log=log, seconds=int(READY_TIMEOUT_S))

    def _remove_replaced(self, current: str) -> None:
        """Remove images of earlier configurations; those in use stay."""
        for info in self._store.list({ROLE_LABEL: IMAGE_ROLE}):
            for name in info.tags:
                if name != current:
                    with suppress(PlatformError):
                        self._store.remove(name, even_in_use=False)

    def _networks(self) -> None:
        labels = {ROLE_LABEL: ROLE}
        isolated = self._services.major_version() >= ISOLATED_SINCE
        option = (
            {"com.docker.network.bridge.gateway_mode_ipv4": "isolated"}
            if isolated
            else {"com.docker.network.bridge.inhibit_ipv4": "true"}
        )
        for name in self._inner:
            self._services.ensure_network(name, internal=True, options=option, labels=labels)
        self._services.ensure_network(self._outer, internal=False, options={}, labels=labels)

    def _image(self) -> str:
        """The gateway's image; its packages are cached layers when only words changed."""
        name = f"{REPOSITORY}:{self._digest}"
        if self._store.exists(name):
            return name
        try:
            with pack(self._files) as tar:
                request = BuildRequest(
                    context=tar,
                    tag=name,
                    labels={ROLE_LABEL: IMAGE_ROLE},
                    build_args={"BASE": debian_of(SUITE).name, **operators_proxies()},
                    network="host",
                    cache_from=None,
                    limits=None,
                )
                self._store.build(request)
        except BuildError as error:
            raise PlatformError(
                "images.not_made", image=name, cause=error.detail, log=error.log[-4000:]
            ) from error
        return name

    def _base_digest(self) -> bytes:
        base = debian_of(SUITE).name
        found = self._store.inspect(base)
        if found is None:
            raise PlatformError("images.missing", image=base)
        return found.labels.get(DIGEST_LABEL, found.id).encode()

    def _config(self, image: str) -> dict[str, Any]:
        """The body of the engine's ``POST /containers/create``."""
        return {
            "Image": image,
            "Hostname": ALIAS,
            "Labels": {ROLE_LABEL: ROLE, DIGEST_LABEL: self._digest},
            "HostConfig": {
                "CapDrop": ["ALL"],
                "SecurityOpt": ["no-new-privileges"],
                "ReadonlyRootfs": True,
                "Tmpfs": {"/tmp": "size=64m,mode=1777", "/run": "size=1m,mode=755"},  # noqa: S108
                "Binds": [f"{self._volume}:/var/cache/grader"],
                "Memory": MEMORY_BYTES,
                "MemorySwap": MEMORY_BYTES,
                "PidsLimit": PIDS,
                # It stands between two networks and must not route between them.
                "Sysctls": {"net.ipv4.ip_forward": "0"},
                "RestartPolicy": {"Name": "unless-stopped"},
                "LogConfig": {"Type": "local", "Config": {"max-size": "4m", "max-file": "2"}},
                "Init": True,
                **runtime_fields(self._settings.pod_runtime),
            },
        }


def find_registries(client: Engine, settings: Settings) -> Registries:
    """The registries that the operator uses; asked of the operator's tools once a day.

    Raises:
        PlatformError: ``engine.failed``.
    """
    asked = json.dumps(
        [
            settings.pypi_index,
            settings.npm_registry,
            settings.debian_mirror,
            settings.build_allow_hosts,
            os.environ.get("PIP_INDEX_URL"),
            os.environ.get("npm_config_registry"),  # noqa: SIM112 - npm's own spelling
        ]
    )
    key = hashlib.sha256(asked.encode()).hexdigest()[:16]
    file = settings.state_dir / f"registries-{key}.json"
    remembered = _remembered(file)
    if remembered is not None:
        return remembered
    found = _ask_tools(client, settings)
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(asdict(found)))
    partial.rename(file)
    return found


def _remembered(file: Path) -> Registries | None:
    try:
        if time.time() - file.stat().st_mtime > REMEMBERED_S:
            return None
        raw: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    try:
        return Registries(
            raw["pypi_index"],
            tuple(raw["pypi_file_hosts"]),
            raw["npm_registry"],
            tuple(raw["others"]),
            tuple(raw["inside"]),
        )
    except (KeyError, TypeError):
        return None


def _ask_tools(client: Engine, settings: Settings) -> Registries:
    index, mirror = python_index(settings), debian_mirror(settings)
    allowed = [host.strip() for host in settings.build_allow_hosts.split(",") if host.strip()]
    npm, yarn = _node_defaults(client)
    found = Registries(
        pypi_index=index.simple if index else None,
        pypi_file_hosts=index.file_hosts if index else (),
        npm_registry=npm_registry(settings) or npm,
        others=(*filter(None, (mirror.main, mirror.security, yarn)), *allowed),
    )
    return replace(found, inside=private_hosts(found.hosts()))


def _node_defaults(client: Engine) -> tuple[str | None, str | None]:
    """The registries that npm and yarn use by themselves, asked of those in our own image."""
    store, services = ImageStore(client), Services(client)
    image = next((base.name for base in CATALOGUE if base.kind == "node"), "")
    if not store.exists(image):
        return None, None
    name = f"{ALIAS}-question-{os.getpid()}"
    config = {"Image": image, "Cmd": ["sleep", "60"], "Labels": {ROLE_LABEL: "question"}}
    try:
        services.start(name, config, {"none": []})
        return _registry_of(services, name, "npm"), _registry_of(services, name, "yarn")
    finally:
        services.remove(name)


def _registry_of(services: Services, container: str, tool: str) -> str | None:
    code, output = services.run(container, [tool, "config", "get", "registry"])
    last = (output.split() or [""])[-1]
    return last.rstrip("/") + "/" if code == 0 and last.startswith("http") else None


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One process at a time; released by the kernel if it dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "gateway.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
