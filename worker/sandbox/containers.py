"""Containers on the engine: the few calls that pods need, with our errors.

Every method blocks and may be called from several threads at once; an asynchronous caller uses a
thread. What the engine refuses is a PlatformError ``engine.failed`` unless stated otherwise.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, NotFound

from grader.errors import PlatformError
from worker.sandbox.runtimes import runtime_fields
from worker.sandbox.stream import HEADER_BYTES

LOG_LINES = 2_000
# Of "2026-01-31T12:00:00.123456789Z", to the microsecond.
TIMESTAMP_CHARS = 26
# A removal that another thread has begun is waited for this long.
REMOVAL_S = 10.0


class RefusedError(Exception):
    """The engine would not start a container because of what is in it; carries its words."""


class Containers:
    """The containers, volumes and networks of one engine.

    Args:
        client: The engine.
        runtime: What starts the containers made here; None: the engine's default.
    """

    def __init__(self, client: docker.DockerClient, runtime: str | None = None) -> None:
        self._runtime = runtime
        # Its stubs leave out what the calls themselves are made of.
        self._api: Any = client.api

    def image_config(self, reference: str) -> dict[str, Any]:
        """The ``Config`` of an image: its command, user, volumes and so on."""
        raw = self._call(f"inspect image {reference}", self._api.inspect_image, reference)
        return dict(raw.get("Config") or {})

    def info(self) -> dict[str, Any]:
        """What the engine says of itself (``docker info``)."""
        return dict(self._call("describe itself", self._api.info))

    def create(self, config: Mapping[str, Any]) -> str:
        """Create a container; returns its id.

        Args:
            config: The body of the engine's ``POST /containers/create``.

        Raises:
            RefusedError: The configuration cannot be run (no command, for example).
        """
        host = {**config.get("HostConfig", {}), **runtime_fields(self._runtime)}
        with self._refusals():
            made = self._api.create_container_from_config({**config, "HostConfig": host})
        return str(made["Id"])

    def start(self, container: str) -> None:
        """Start a container.

        Raises:
            RefusedError: Its program, user or working directory does not work.
        """
        with self._refusals():
            self._api.start(container)

    def restart(self, container: str, grace_s: int) -> None:
        """Stop a container, killing it after ``grace_s`` seconds, and start it again.

        Raises:
            RefusedError: As in :meth:`start`.
        """
        with self._refusals():
            self._api.restart(container, timeout=grace_s)

    def kill(self, container: str) -> None:
        """Kill a container; one that is not running or gone is fine."""
        with contextlib.suppress(APIError):
            self._call(f"kill {container[:12]}", self._api.kill, container, keep=(APIError,))

    def attach(self, container: str) -> Any:
        """A socket on a container's standard streams, framed as the engine's API says."""
        params = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        return self._call("attach", self._api.attach_socket, container, params)

    def state(self, container: str) -> dict[str, Any] | None:
        """The ``State`` of a container, None when it is gone."""
        try:
            raw = self._call("inspect", self._api.inspect_container, container, keep=(NotFound,))
        except NotFound:
            return None
        return dict(raw["State"])

    def layer_bytes(self, container: str) -> int:
        """The size of what a container has written to its own layer; 0 when it is gone."""

        def measure() -> int:
            url = self._api._url("/containers/{0}/json", container)
            response = self._api._get(url, params={"size": 1})
            return int(self._api._result(response, json=True).get("SizeRw") or 0)

        try:
            return int(self._call("measure", measure))
        except NotFound:
            return 0

    def layer_folder(self, container: str) -> Path | None:
        """The folder on the engine's machine that holds what a container wrote (overlay2)."""
        try:
            raw = self._call("inspect", self._api.inspect_container, container)
        except NotFound:
            return None
        upper = ((raw.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir")
        return Path(upper) if upper else None

    def host_pids(self, container: str) -> list[int]:
        """The processes of a container, as numbered on the engine's machine."""
        try:
            raw = self._call("list processes", self._api.top, container, "-eo pid")
        except (NotFound, PlatformError):
            return []
        return [int(row[0]) for row in raw.get("Processes") or []]

    def pids(self, container: str) -> int | None:
        """How many processes and threads a container has; None when it does not run."""
        try:
            raw = self._call("stats", self._api.stats, container, stream=False, one_shot=True)
        except PlatformError:
            return None
        current = (raw.get("pids_stats") or {}).get("current")
        return None if current is None else int(current)

    def out_of_memory_events(self, container: str, since: float) -> int:
        """How often the kernel killed one of a container's processes for memory.

        The engine remembers its last 256 events only, so this may count too few on a busy one.
        """

        def count() -> int:
            rows = self._api.events(
                since=f"{since:.9f}",
                until=f"{time.time():.9f}",
                filters={"container": container, "event": "oom"},
                decode=True,
            )
            return sum(1 for _ in rows)

        return int(self._call("list events", count))

    def wait(self, container: str, timeout_s: float) -> bool:
        """Wait until a container does not run; whether that came before the time was over."""
        try:
            self._api.wait(container, timeout=timeout_s)
        except NotFound:
            return True
        except (requests.Timeout, requests.ConnectionError):
            # The client reports a read time-out in either way, depending on its transport.
            return False
        except (DockerException, requests.RequestException) as error:
            raise _failed("wait", error) from error
        return True

    def log_tail(self, container: str, max_bytes: int) -> bytes:
        """The end of what a container printed, at most ``max_bytes``; empty when it is gone."""

        def read() -> bytes:
            chunks = self._api.logs(container, stream=True, follow=False, tail=LOG_LINES)
            return _tail(chunks, max_bytes)

        try:
            return bytes(self._call("read a log", read))
        except NotFound:
            return b""

    def log_window(self, container: str) -> tuple[float, float] | None:
        """When the oldest and the newest line that the engine still has were printed.

        Returns:
            Seconds since the epoch by the engine's clock; None where there is no line.
        """
        try:
            oldest = self._call("read a log", self._first_line_time, container, "all")
            newest = self._call("read a log", self._first_line_time, container, "1")
        except NotFound:
            return None
        return None if oldest is None or newest is None else (oldest, newest)

    def _first_line_time(self, container: str, tail: str) -> float | None:
        url = self._api._url("/containers/{0}/logs", container)
        params = {"stdout": 1, "stderr": 1, "timestamps": 1, "tail": tail}
        response = self._api._get(url, params=params, stream=True)
        with response:
            self._api._raise_for_status(response)
            start = response.raw.read(HEADER_BYTES + TIMESTAMP_CHARS)[HEADER_BYTES:]
        if len(start) < TIMESTAMP_CHARS:
            return None
        return datetime.fromisoformat(f"{start.decode('ascii', 'replace')}+00:00").timestamp()

    def remove(self, container: str) -> None:
        """Kill and remove a container with its anonymous volumes; returns when it is gone."""
        deadline = time.monotonic() + REMOVAL_S
        while True:
            try:
                self._api.remove_container(container, force=True, v=True)
                return
            except NotFound:
                return
            except APIError as error:
                # 409: somebody else is removing it right now.
                if error.status_code != 409 or time.monotonic() > deadline:
                    raise _failed(f"remove container {container[:12]}", error) from error
                time.sleep(0.02)
            except (DockerException, requests.RequestException) as error:
                raise _failed(f"remove container {container[:12]}", error) from error

    def create_volume(self, labels: Mapping[str, str], options: Mapping[str, str]) -> str:
        """Create a volume of the engine's own driver; returns its name."""
        made = self._call(
            "create volume",
            self._api.create_volume,
            driver="local",
            driver_opts=dict(options),
            labels=dict(labels),
        )
        return str(made["Name"])

    def remove_volume(self, name: str) -> None:
        """Remove a volume; one that is gone is fine."""
        with contextlib.suppress(NotFound):
            self._call(f"remove volume {name}", self._api.remove_volume, name, keep=(NotFound,))

    def remove_network(self, name: str) -> None:
        """Remove a network; one that is gone is fine."""
        with contextlib.suppress(NotFound):
            self._call(f"remove network {name}", self._api.remove_network, name, keep=(NotFound,))

    def labelled(self, label: str) -> dict[str, dict[str, dict[str, str]]]:
        """Everything that carries a label.

        Returns:
            ``containers``, ``volumes`` and ``networks``, each from id or name to its labels.
        """
        filters = {"label": label}
        containers = self._call("list", self._api.containers, all=True, filters=filters)
        volumes = self._call("list", self._api.volumes, filters=filters).get("Volumes") or []
        networks = self._call("list", self._api.networks, filters=filters)
        return {
            "containers": {row["Id"]: row.get("Labels") or {} for row in containers},
            "volumes": {row["Name"]: row.get("Labels") or {} for row in volumes},
            "networks": {row["Id"]: row.get("Labels") or {} for row in networks},
        }

    def _call(
        self,
        asked: str,
        call: Callable[..., Any],
        *args: Any,
        keep: tuple[type[APIError], ...] = (NotFound,),
        **options: Any,
    ) -> Any:
        """Call the engine; errors of the types ``keep`` pass, all others become ours."""
        try:
            return call(*args, **options)
        except keep:
            raise
        except (DockerException, requests.RequestException) as error:
            raise _failed(asked, error) from error

    @contextlib.contextmanager
    def _refusals(self) -> Any:
        """Tells a container that cannot work from an engine that does not."""
        try:
            yield
        except APIError as error:
            raise RefusedError(error.explanation or str(error)) from error
        except (DockerException, requests.RequestException) as error:
            raise _failed("start a container", error) from error


def _failed(asked: str, error: Exception) -> PlatformError:
    return PlatformError("engine.failed", asked=asked, cause=error)


def _tail(chunks: Iterable[bytes], max_bytes: int) -> bytes:
    """The last ``max_bytes`` of a stream, without holding more than a chunk beyond them."""
    kept: deque[bytes] = deque()
    size = 0
    for chunk in chunks:
        kept.append(chunk)
        size += len(chunk)
        while size - len(kept[0]) >= max_bytes:
            size -= len(kept.popleft())
    return b"".join(kept)[-max_bytes:]
