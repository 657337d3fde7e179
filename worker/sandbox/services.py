"""Long-lived containers of our own, and the networks they are on."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, NotFound

from grader.errors import PlatformError

# What callers that may not import the client hold: a connection from worker.sandbox.engine.
Engine = docker.DockerClient


@dataclass(frozen=True, slots=True)
class Service:
    """A container of ours as the engine has it now.

    Attributes:
        id: Its id.
        running: Whether it runs.
        labels: Its labels.
        networks: Names of the networks it is on.
    """

    id: str
    running: bool
    labels: Mapping[str, str]
    networks: frozenset[str]


class Services:
    """Containers and networks that are found by their name; every method may be repeated.

    Raises PlatformError ``engine.failed`` where the engine does not do as asked.
    """

    def __init__(self, client: docker.DockerClient) -> None:
        self._api: Any = client.api

    def find(self, name: str) -> Service | None:
        """The container of that name, or None."""
        with _ours(f"inspect {name}"):
            try:
                raw = self._api.inspect_container(name)
            except NotFound:
                return None
        return Service(
            raw["Id"],
            bool(raw["State"]["Running"]),
            raw["Config"].get("Labels") or {},
            frozenset(raw["NetworkSettings"]["Networks"]),
        )

    def major_version(self) -> int:
        """The engine's major version, 0 where it has none (a build from source)."""
        with _ours("tell its version"):
            first = str(self._api.version()["Version"]).partition(".")[0]
        return int(first) if first.isdigit() else 0

    def ensure_network(
        self,
        name: str,
        *,
        internal: bool,
        options: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> None:
        """See that a bridge network of that name is there; another kind of that name is replaced.

        Raises:
            PlatformError: ``engine.failed``, also where one of another kind is in use.
        """
        with _ours(f"create the network {name}"):
            found = [row for row in self._api.networks(names=[name]) if row["Name"] == name]
            if found and _is_as_wanted(found[0], internal, options):
                return
            for row in found:
                self._api.remove_network(row["Id"])
            try:
                self._api.create_network(
                    name,
                    driver="bridge",
                    internal=internal,
                    options=dict(options),
                    labels=dict(labels),
                    check_duplicate=True,
                )
            except APIError as error:
                if error.status_code != 409:  # 409: another process was quicker
                    raise

    def start(
        self, name: str, config: Mapping[str, Any], networks: Mapping[str, Sequence[str]]
    ) -> None:
        """Create a container, attach it to networks and start it.

        Args:
            name: Its name; one that exists already is not touched.
            config: The body of the engine's ``POST /containers/create``, without networks.
            networks: Name of each network, and the container's other names on it. The first is
                the one it leaves by.
        """
        first, *others = networks
        body = dict(config)
        body["HostConfig"] = {**body.get("HostConfig", {}), "NetworkMode": first}
        body["NetworkingConfig"] = {"EndpointsConfig": {first: {"Aliases": list(networks[first])}}}
        with _ours(f"start {name}"):
            try:
                made = self._api.create_container_from_config(body, name)["Id"]
            except APIError as error:
                if error.status_code == 409:
                    return
                raise
            for other in others:
                self._api.connect_container_to_network(made, other, aliases=list(networks[other]))
            self._api.start(made)

    def restart(self, name: str) -> None:
        """Start a container that is stopped."""
        with _ours(f"start {name}"):
            self._api.start(name)

    def remove(self, name: str) -> None:
        """Remove a container; its volumes with names stay."""
        with _ours(f"remove {name}"), contextlib.suppress(NotFound):
            self._api.remove_container(name, force=True)

    def remove_network(self, name: str) -> None:
        """Remove a network; absent is fine."""
        with _ours(f"remove the network {name}"), contextlib.suppress(NotFound):
            self._api.remove_network(name)

    def run(self, name: str, command: Sequence[str]) -> tuple[int, str]:
        """Run a command in a container of ours; returns its exit code and output."""
        with _ours(f"run a command in {name}"):
            made = self._api.exec_create(name, list(command))["Id"]
            output = self._api.exec_start(made)
            code = self._api.exec_inspect(made)["ExitCode"]
        return int(code or 0), bytes(output).decode(errors="replace")

    def wait_until(self, name: str, command: Sequence[str], timeout_s: float) -> bool:
        """Repeat a command in a container until it succeeds; whether it did in time."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            with contextlib.suppress(PlatformError):
                if self.run(name, command)[0] == 0:
                    return True
            time.sleep(0.1)
        return False

    def log(self, name: str, *, since: float = 0.0, lines: int = 1000) -> str:
        """The end of what a container of ours printed since a time of the clock."""
        with _ours(f"read the log of {name}"):
            raw = self._api.logs(name, since=int(since), tail=lines)
        return bytes(raw).decode(errors="replace")


def _is_as_wanted(row: Mapping[str, Any], internal: bool, options: Mapping[str, str]) -> bool:
    has = row.get("Options") or {}
    return bool(row.get("Internal")) == internal and options.items() <= has.items()


@contextlib.contextmanager
def _ours(asked: str) -> Any:
    """Turns what the engine client raises into our own error."""
    try:
        yield
    except (DockerException, requests.RequestException) as error:
        raise PlatformError("engine.failed", asked=asked, cause=error) from error
