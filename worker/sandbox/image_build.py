"""One image build through the engine's classic ``POST /build``, with limits and an end.

docker-py's own ``build()`` lacks what a stranger's Dockerfile needs: a parent control group, CPU
quota, ulimits and a time-out. BuildKit is not used: before its version 0.31 it takes no limits per
build (moby/buildkit#593), and the engines this must run on carry much older ones.

Layers are shared only through ``cache_from``: with any name in that list the classic builder
reuses nothing but the layers of the images named (moby, ``image/cache``). So a build names the
earlier images of the same learner; one without any names an image that does not exist.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, BinaryIO

import docker
import requests
from docker.errors import APIError, DockerException
from urllib3.exceptions import HTTPError

from grader.errors import PlatformError
from worker.sandbox import build_leftovers
from worker.sandbox.build_disk import DiskWatch
from worker.sandbox.build_leftovers import Leftovers, remove_containers
from worker.sandbox.cgroups import BuildCgroup, Usage, build_name, make_build_cgroup, orphans
from worker.sandbox.network_lease import leased

# In a list of cache sources this stands for "none": no image has this name.
NO_CACHE_SOURCE = "grader/no-such-image:none"
# An answer's line (one JSON object) is at most 32 KiB of a step's output, escaped.
LONGEST_LINE = 1024 * 1024
TICK_S = 0.2
CONNECT_TIMEOUT_S = 10.0
# Exit code of a shell whose command was ended by a signal: 128 + its number.
EXIT_SIGKILL = 137
EXIT_SIGXFSZ = 153
# How much of a log's end tells why the build failed.
LOG_END = 8192
# The build has the watch's time-out; this one only ends a wait for an engine that is stuck.
GRACE_S = 30.0
# A line costs more than its bytes: each is handed on to whoever watches.
LINE_BYTES = 32
# A Dockerfile has fewer instructions; a step can print such lines without end.
MOST_IMAGES = 1_000
# How long one of our own images waits for a network.
NETWORK_WAIT_S = 600.0

# The builder paints what comes from standard error.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# What the engine says between steps: the container it runs, the image it made. A step can print
# the same, so neither is believed unless the engine confirms it.
_RUNS = re.compile(r" ---> Running in ([0-9a-f]{12})\n")
_MADE = re.compile(r" ---> ([0-9a-f]{12})\n")
_STEP = re.compile(r"^Step \d+/\d+ : ")
# What shells, compilers, Python and pip say of a process that had no more memory.
_KILLED = re.compile(
    r"\bKilled\b|[Ss]ignal:? 9\b|SIGKILL|MemoryError|Cannot allocate memory"
    r"|exit (?:code|status):? (?:-9|137)\b"
)
_EXIT_CODE = re.compile(r"returned a non-zero code: (\d+)")


class BuildEnd(StrEnum):
    """Why a build ended without an image."""

    FAILED = "failed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    PIDS = "pids"
    DISK = "disk"
    OUTPUT = "output"
    CANCELLED = "cancelled"


class BuildError(Exception):
    """A build ended without an image.

    Attributes:
        kind: Why.
        step: The Dockerfile instruction it ended in (``"RUN pip install …"``), None before the
            first one.
        detail: The engine's words, or the limit that was hit.
        log: The log so far, at most the request's cap.
    """

    def __init__(self, kind: BuildEnd, step: str | None, detail: str, log: str) -> None:
        super().__init__(f"build {kind}: {detail}")
        self.kind = kind
        self.step = step
        self.detail = detail
        self.log = log


@dataclass(frozen=True, slots=True)
class BuildLimits:
    """What a build may use.

    Attributes:
        seconds: Wall-clock time of the whole build.
        memory_bytes: Memory of its steps, without swap.
        pids: Processes and threads of its steps together.
        cpus: CPU time a second, in CPUs.
        disk_bytes: Bytes that a step may write, that one file may have, and that the image may
            have above its base.
        output_bytes: Bytes of log.
    """

    seconds: float = 600.0
    memory_bytes: int = 2 * 1024**3
    pids: int = 512
    cpus: float = 2.0
    disk_bytes: int = 4 * 1024**3
    output_bytes: int = 4 * 1024**2


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What to build.

    Attributes:
        context: A tar with everything the Dockerfile copies and the Dockerfile itself; bytes or a
            seekable file, because the engine must be told its length (a chunked upload cannot be
            cancelled, moby#32417).
        dockerfile: Its name inside the tar.
        tag: ``repository:tag`` to give the image.
        labels: Labels of the image.
        build_args: Values for ARG; None deletes a predefined one.
        network: What its RUN steps are on: a network's name, ``none``, ``host``, or the beginning
            of several networks' names with ``*`` at its end, of which it has one to itself.
        cache_from: Names of images whose layers may be reused; None shares with every build on
            the engine, which only our own images may do.
        limits: None for our own images only.
        target: The stage to stop at.
        extra_hosts: Further lines of /etc/hosts, ``name:address``.
    """

    context: bytes | BinaryIO
    tag: str
    dockerfile: str = "Dockerfile"
    labels: Mapping[str, str] = field(default_factory=dict)
    build_args: Mapping[str, str | None] = field(default_factory=dict)
    network: str = "none"
    cache_from: Sequence[str] | None = ()
    limits: BuildLimits | None = field(default_factory=BuildLimits)
    target: str | None = None
    extra_hosts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build.

    Attributes:
        image_id: The image's id, ``sha256:…``.
        log: All its output.
        seconds: How long it took.
    """

    image_id: str
    log: str
    seconds: float


def build_image(
    client: docker.DockerClient,
    request: BuildRequest,
    on_line: Callable[[str], None] | None = None,
    cancelled: threading.Event | None = None,
) -> Built:
    """Build an image and wait for it.

    Args:
        client: The engine.
        request: What to build.
        on_line: Called with every line of the log (without its newline) as it comes.
        cancelled: Set by another thread to stop the build.

    Raises:
        BuildError: When the build does not make an image.
        PlatformError: ``engine.failed`` when the engine fails or goes away.
    """
    cancelled = cancelled or threading.Event()
    longest = request.limits.seconds if request.limits else NETWORK_WAIT_S
    with leased(client, request.network, longest, cancelled) as network:
        return _build(client, replace(request, network=network), on_line, cancelled)


def _build(
    client: docker.DockerClient,
    request: BuildRequest,
    on_line: Callable[[str], None] | None,
    cancelled: threading.Event,
) -> Built:
    started = time.monotonic()
    info = _engine_info(client) if request.limits else {}
    group = _make_group(client, request.limits, info)
    run = _Run(client, request, group, on_line, cancelled, started)
    image_id = ""
    try:
        image_id = run.execute()
    finally:
        if group is not None:
            group.kill()
            left = run.left(group, str(info.get("SystemTime", "")))
            build_leftovers.remove(client, left, images=not image_id)
            group.close()
    return Built(image_id, run.log.text(), time.monotonic() - started)


class _Log:
    """The log of a build: hands lines on, keeps at most ``cap`` bytes, knows the step."""

    def __init__(self, cap: int | None, on_line: Callable[[str], None] | None) -> None:
        self._cap, self._on_line = cap, on_line
        self._kept, self._bytes = io.StringIO(), 0
        self._line = ""
        self.step: str | None = None

    def add(self, text: str) -> bool:
        """Take more text; returns whether the log is still within its cap."""
        text = _COLOUR.sub("", text)
        size = len(text.encode("utf-8", "replace")) + LINE_BYTES * text.count("\n")
        if self._cap is not None and self._bytes + size > self._cap:
            return False
        self._bytes += size
        self._kept.write(text)
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._hand_on(line)
        return True

    def close(self) -> None:
        """Hand on a last line that has no newline."""
        if self._line:
            self._hand_on(self._line)
            self._line = ""

    def text(self) -> str:
        return self._kept.getvalue()

    def _hand_on(self, line: str) -> None:
        if found := _STEP.match(line):
            self.step = line[found.end() :].strip()
        if self._on_line is not None:
            self._on_line(line.rstrip("\r"))


class _Run:
    """One build in progress: sends the request, reads the answer, enforces the limits."""

    def __init__(
        self,
        client: docker.DockerClient,
        request: BuildRequest,
        group: BuildCgroup | None,
        on_line: Callable[[str], None] | None,
        cancelled: threading.Event,
        started: float,
    ) -> None:
        self._client = client
        # Its stubs leave out what build() itself is made of.
        self._api: Any = client.api
        self._request, self._limits, self._group = request, request.limits, group
        self._cancelled = cancelled
        self._deadline = None if self._limits is None else started + self._limits.seconds
        self._stopped: tuple[BuildEnd, str] | None = None
        self._finished = threading.Event()
        # The step's container and the images made so far, as the engine announced them.
        self._running = ""
        self._made: list[str] = []
        self.log = _Log(self._limits.output_bytes if self._limits else None, on_line)

    def execute(self) -> str:
        """Run the build; returns the image's id."""
        error, image_id = None, None
        try:
            for row in self._rows():
                if "errorDetail" in row or "error" in row:
                    error = str(row.get("error") or row["errorDetail"].get("message"))
                image_id = (row.get("aux") or {}).get("ID", image_id)
                text = row.get("stream") or ""
                self._take_note(text)
                if not self.log.add(text):
                    self._stop(BuildEnd.OUTPUT, f"{self._bound.output_bytes} bytes of output")
                    break
        except (
            DockerException,
            requests.RequestException,
            HTTPError,
            OSError,
            ValueError,
        ) as cause:
            if self._stopped is None:
                raise self._lost(cause) from cause
        finally:
            self._finished.set()
            self.log.close()
        if self._stopped is not None:
            raise self._error(*self._stopped)
        if error is not None:
            raise self._error(*self._classify(error))
        if image_id is None:
            raise self._lost("it closed the connection in the middle")
        self._check_size(image_id)
        self._check_pids(image_id)
        return str(image_id)

    def left(self, group: BuildCgroup, since: str) -> Leftovers:
        """What it may have left on the engine, which has been at it since that time."""
        return Leftovers(group.parent, group.containers(), self._running, self._made, since)

    def _take_note(self, text: str) -> None:
        """Remember what the engine announces."""
        if found := _RUNS.fullmatch(text):
            self._running = found[1]
        elif (found := _MADE.fullmatch(text)) and len(self._made) < MOST_IMAGES:
            self._made.append(found[1])

    @property
    def _bound(self) -> BuildLimits:
        assert self._limits is not None, "only a limited build is stopped"
        return self._limits

    def _rows(self) -> Iterator[dict[str, Any]]:
        """The engine's answer, one object a line, until it ends or the build is stopped."""
        response = self._api._post(
            self._api._url("/build"),
            data=self._request.context,
            params=self._parameters(),
            headers={"Content-Type": "application/x-tar"},
            stream=True,
            timeout=(CONNECT_TIMEOUT_S, self._limits.seconds + GRACE_S if self._limits else None),
        )
        with response:
            if not response.ok:
                self._refused(response)
            watch = threading.Thread(target=self._watch, args=(response,), daemon=True)
            watch.start()
            pending = b""
            for chunk in response.raw.read_chunked():
                *lines, pending = (pending + chunk).split(b"\n")
                if len(pending) > LONGEST_LINE:
                    raise ValueError("the engine's answer is not a list of lines")
                for line in filter(None, (line.strip() for line in lines)):
                    yield json.loads(line)
            if pending.strip():
                yield json.loads(pending)

    def _refused(self, response: requests.Response) -> None:
        """The engine said no before the first step: 4xx is about the Dockerfile."""
        try:
            message = str(response.json()["message"])
        except (ValueError, KeyError):
            message = response.text[:2000]
        # An unreadable Dockerfile is a 400, one that is not in the context a 500.
        if response.status_code < 500 or "Cannot locate specified Dockerfile" in message:
            raise self._error(BuildEnd.FAILED, message)
        raise self._lost(message)

    def _parameters(self) -> dict[str, Any]:
        request, limits = self._request, self._limits
        sources = request.cache_from
        if sources is not None:
            sources = list(sources) or [NO_CACHE_SOURCE]
        parameters: dict[str, Any] = {
            "t": request.tag,
            "dockerfile": request.dockerfile,
            "labels": json.dumps(dict(request.labels)),
            "buildargs": json.dumps(dict(request.build_args)),
            "networkmode": request.network,
            "cachefrom": json.dumps(sources or []),
            "rm": "1",
            "forcerm": "1",
            "target": request.target,
            "extrahosts": ",".join(request.extra_hosts) or None,
        }
        if limits is not None:
            parameters |= {
                "cpuperiod": 100_000,
                "cpuquota": int(limits.cpus * 100_000),
                "ulimits": json.dumps(_ulimits(limits)),
            }
            # The parent tells afterwards that its memory limit was met; a step's would not.
            parameters |= (
                {"cgroupparent": self._group.parent}
                if self._group
                # Memory and swap together: no swap.
                else {"memory": limits.memory_bytes, "memswap": limits.memory_bytes}
            )
        return {key: value for key, value in parameters.items() if value is not None}

    def _watch(self, response: requests.Response) -> None:
        """Stop the build when its time is up, its disk is full or somebody cancels it."""
        disk, looked_at = None, 0
        if self._limits is not None and self._group is not None:
            disk = DiskWatch(self._client, self._group, self._limits.disk_bytes)
        while not self._finished.wait(TICK_S):
            if self._cancelled.is_set():
                self._stop(BuildEnd.CANCELLED, "it was cancelled")
            elif self._deadline is not None and time.monotonic() > self._deadline:
                self._stop(BuildEnd.TIMEOUT, f"{self._bound.seconds:g} s")
            elif self._pids_full():
                self._stop(BuildEnd.PIDS, f"{self._bound.pids} processes")
            elif disk is not None and (found := disk.exceeded(self._running)):
                self._stop(BuildEnd.DISK, found)
            elif self._limits is not None and looked_at != len(self._made):
                looked_at = len(self._made)
                self._stop_if_large(self._made[-1])
            if self._stopped is not None:
                _hang_up(self._api, response)
                if self._group is not None:
                    self._group.kill()
                return

    def _stop(self, kind: BuildEnd, detail: str) -> None:
        if self._stopped is None:
            self._stopped = (kind, detail)

    def _classify(self, message: str) -> tuple[BuildEnd, str]:
        """Which limit, if any, made a step fail."""
        used = self._group.usage() if self._group else Usage()
        found = _EXIT_CODE.search(message)
        code = int(found[1]) if found else None
        if self._limits is not None:
            killed = code == EXIT_SIGKILL or _KILLED.search(self.log.text()[-LOG_END:])
            full = used.memory_full or self._group is None
            if used.oom_killed or (killed and full):
                return BuildEnd.MEMORY, f"{self._limits.memory_bytes // 2**20} MiB of memory"
            if used.pids_full:
                return BuildEnd.PIDS, f"{self._limits.pids} processes"
            if code == EXIT_SIGXFSZ or "no space left on device" in message.lower():
                return BuildEnd.DISK, f"{self._limits.disk_bytes // 2**20} MiB of disk"
        return BuildEnd.FAILED, message

    def _stop_if_large(self, image: str) -> None:
        """End a build whose layers are too much together, before it makes the others."""
        with contextlib.suppress(DockerException, requests.RequestException):
            if (own := self._own_bytes(image)) > self._bound.disk_bytes:
                self._stop(BuildEnd.DISK, self._too_large(own))

    def _check_size(self, image_id: str) -> None:
        """Refuse an image whose own layers are larger than allowed."""
        if self._limits is None:
            return
        own = self._own_bytes(image_id)
        if own > self._limits.disk_bytes:
            self._remove(image_id)
            raise self._error(BuildEnd.DISK, self._too_large(own))

    def _own_bytes(self, image: str) -> int:
        """What an image has above its base."""
        own = 0
        for row in self._api.history(image):
            if _is_base(row):
                break
            own += row["Size"]
        return own

    def _too_large(self, own: int) -> str:
        most = self._bound.disk_bytes // 2**20
        return f"an image of {own // 2**20} MiB above its base, {most} MiB allowed"

    def _pids_full(self) -> bool:
        return self._group is not None and self._group.usage().pids_full

    def _check_pids(self, image_id: str) -> None:
        """Refuse an image whose steps were denied processes: what they left out is not known."""
        if self._pids_full():
            self._remove(image_id)
            raise self._error(BuildEnd.PIDS, f"{self._bound.pids} processes")

    def _remove(self, image_id: str) -> None:
        with contextlib.suppress(APIError):
            self._api.remove_image(image_id, force=True)

    def _error(self, kind: BuildEnd, detail: str) -> BuildError:
        return BuildError(kind, self.log.step, detail, self.log.text())

    def _lost(self, cause: object) -> PlatformError:
        return PlatformError("engine.failed", asked="build an image", cause=cause)


def _is_base(row: Mapping[str, Any]) -> bool:
    """Whether a row of an image's history belongs to a base image: it has a name of its own."""
    return any(tag.startswith("grader/base/") for tag in row.get("Tags") or ())


def _ulimits(limits: BuildLimits) -> list[dict[str, Any]]:
    def ulimit(name: str, value: int) -> dict[str, Any]:
        return {"Name": name, "Soft": value, "Hard": value}

    return [
        ulimit("core", 0),
        ulimit("fsize", limits.disk_bytes),
    ]


def _make_group(
    client: docker.DockerClient, limits: BuildLimits | None, info: Mapping[str, Any]
) -> BuildCgroup | None:
    if limits is None:
        return None
    _reap_once(client, info.get("CgroupVersion", "1"))
    return make_build_cgroup(
        build_name(),
        driver=info.get("CgroupDriver", ""),
        version=info.get("CgroupVersion", "1"),
        memory_bytes=limits.memory_bytes,
        pids=limits.pids,
        cpus=limits.cpus,
    )


def _engine_info(client: docker.DockerClient) -> Mapping[str, Any]:
    try:
        info: Mapping[str, Any] = client.info()
    except (DockerException, requests.RequestException) as error:
        raise PlatformError("engine.failed", asked="describe itself", cause=error) from error
    return info


_reaped = threading.Event()


def _reap_once(client: docker.DockerClient, version: str) -> None:
    """At this process's first build, end those that a dead worker left."""
    if not _reaped.is_set():
        _reaped.set()
        reap_builds(client, version)


def reap_builds(client: docker.DockerClient, version: str) -> int:
    """End builds whose worker is gone; the engine cancels most of them by itself.

    Args:
        client: The engine.
        version: Its ``CgroupVersion``.

    Returns:
        How many there were.
    """
    found = orphans(version)
    for group in found:
        group.kill()
        remove_containers(client, group.containers())
        group.close()
    return len(found)


def _hang_up(api: Any, response: requests.Response) -> None:
    """Close the connection under a reader that waits: the engine then cancels the build."""
    with contextlib.suppress(OSError, AttributeError):
        raw = api._get_raw_response_socket(response)
        getattr(raw, "_sock", raw).shutdown(socket.SHUT_RDWR)
