"""Pods with a harness in them, made ready ahead of need and closed out of the way."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from grader.domain.verdicts import HarnessKind
from worker.sandbox.backing import ServiceSpec
from worker.sandbox.labels import Identity
from worker.sandbox.pod import Pod
from worker.sandbox.process import HarnessProcess
from worker.sandbox.sandbox import Sandbox
from worker.threads import in_thread

SIMULATORS_S = 30.0


@dataclass(frozen=True, eq=False)
class Station:
    """A pod with a harness that waits for its first command.

    Attributes:
        pod: Its services, if it has any, answer.
        harness: In the pod.
        said: What the services said of the app's own scripts: mistakes in them.
    """

    pod: Pod
    harness: HarnessProcess
    said: tuple[str, ...] = ()


class Stations:
    """The stations of one attempt; leaving the block closes them all.

    Args:
        sandbox: Where pods are opened.
        submission: The id of the submission they are for.
        commands: Whether its pods run commands instead of a server.
        hosts: Names that resolve in its pods, and their addresses.
        services: Started in each of its pods, for none other than its app.
        simulates: Hosts of outside services that are simulated in its pods.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        submission: str,
        *,
        commands: bool = False,
        hosts: Mapping[str, str] | None = None,
        services: Sequence[ServiceSpec] = (),
        simulates: Sequence[str] = (),
    ) -> None:
        self._sandbox = sandbox
        self._commands = commands
        self._hosts = hosts or {}
        self._services = services
        self._simulates = simulates
        self._submission = submission
        self._attempt = secrets.token_hex(8)
        self._opening: dict[tuple[HarnessKind, str], asyncio.Task[Station]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Stations:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        opened = await asyncio.gather(*self._opening.values(), return_exceptions=True)
        for station in opened:
            if isinstance(station, Station):
                self.close(station)
        await asyncio.gather(*self._closing)

    def prepare(
        self, kind: HarnessKind, name: str = "", *, bare: bool = False
    ) -> asyncio.Task[Station]:
        """Begin to open a station.

        Args:
            kind: Of its harness.
            name: Tells apart several of one kind.
            bare: Without services: another app than the submission's runs there.
        """
        key = (kind, name)
        if key not in self._opening:
            self._opening[key] = asyncio.create_task(in_thread(self._open, kind, name, bare))
        return self._opening[key]

    async def get(self, kind: HarnessKind) -> Station:
        """A station that :meth:`prepare` began to open.

        Raises:
            PlatformError: If it could not be opened.
        """
        return await self.prepare(kind)

    def close(self, station: Station) -> None:
        """Begin to close a station; more than once is fine."""
        self._closing.add(asyncio.create_task(in_thread(station.pod.close)))

    def _open(self, kind: HarnessKind, name: str, bare: bool) -> Station:
        attempt = f"{self._attempt}-{kind}{name and '-' + name}"
        # What a learner waits for first is functional; contract checks run in its shade.
        background = kind is HarnessKind.CONTRACT
        pod = self._sandbox.open_pod(
            Identity(self._submission, attempt),
            self._hosts,
            background=background,
            commands=self._commands,
            simulates=self._simulates,
        )
        try:
            return self._furnish(pod, kind, () if bare else self._services)
        except BaseException:
            pod.close()
            raise

    def _furnish(self, pod: Pod, kind: HarnessKind, services: Sequence[ServiceSpec]) -> Station:
        """Start harness and services, all beside each other."""

        def serve(spec: ServiceSpec) -> tuple[str, ...]:
            return pod.start_service(spec).wait_healthy()

        with ThreadPoolExecutor(max_workers=1 + len(services)) as threads:
            starting = [threads.submit(serve, spec) for spec in services]
            harness = pod.start_harness(kind)
            if self._simulates:  # an app may ask them as soon as it starts
                harness.wait_for_simulators(SIMULATORS_S)
            said = [line for one in starting for line in one.result()]
        return Station(pod, harness, tuple(said))
