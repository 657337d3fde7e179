"""A pod: one private network for one attempt and one kind of harness.

    pod = sandbox.open_pod(identity)          # while the build still runs
    harness = pod.start_harness(kind)         # it imports its libraries meanwhile
    pod.start_app(AppSpec(image))
    …
    pod.close()

A container of ours owns the network namespace: it has a loopback and nothing else, no route leads
anywhere. App and harnesses join it, so that the app can crash and restart without the namespace
changing. Every method blocks; an asynchronous caller uses a thread. Methods may be called from
several threads at once, and :meth:`Pod.close` at any moment.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from grader.domain.simulation import addresses_of
from grader.domain.verdicts import HarnessKind
from grader.errors import GraderError, PlatformError, SubmissionError
from worker.sandbox import labels, own, trust, volumes
from worker.sandbox.app import AppSpec, AppStatus, Limit, app_config
from worker.sandbox.app_disk import AppDisk
from worker.sandbox.backing import ServiceProcess, ServiceSpec, service_config
from worker.sandbox.broker import Broker
from worker.sandbox.command_app import Program, broker_mount, command_config, program_of
from worker.sandbox.containers import Containers, RefusedError
from worker.sandbox.flood import Flood
from worker.sandbox.labels import Identity
from worker.sandbox.limits import BACKGROUND_CPU_SHARES, Limits
from worker.sandbox.process import HarnessProcess
from worker.sandbox.refusals import explain

# Enough for an app that saves on SIGTERM; the usual ones are gone within milliseconds.
RESTART_GRACE_S = 2
LOG_BYTES = 64 * 1024
# So near to the limit on processes the app cannot do anything any more.
PIDS_MARGIN = 2

_log = logging.getLogger(__name__)


class Pod:
    """See the module. Made by :meth:`worker.sandbox.sandbox.Sandbox.open_pod`.

    Args:
        containers: The engine.
        identity: Whose it is.
        image: The harness image.
        app_limits: What an app may use unless its spec says otherwise.
        harness_limits: What a harness may use.
        kernel_memory_tcp: Whether the engine can bound socket buffers.
        background: Whether it gives way to other pods while the machine is busy.
        simulates: Hosts that its harness simulates: see :meth:`start_harness`.
        engine_root: The folder in which the engine keeps what containers write.
    """

    def __init__(
        self,
        containers: Containers,
        identity: Identity,
        image: str,
        app_limits: Limits,
        harness_limits: Limits,
        *,
        kernel_memory_tcp: bool = False,
        background: bool = False,
        simulates: Sequence[str] = (),
        engine_root: str = "",
    ) -> None:
        self.identity = identity
        self._containers = containers
        self._image = image
        self._app_limits = app_limits
        self._harness_limits = harness_limits
        self._kernel_memory_tcp = kernel_memory_tcp
        self._background = background
        self._engine_root = engine_root
        self._simulated = addresses_of(simulates)
        self._trust_volume = ""
        self._lock = threading.Lock()
        self._members: list[str] = []
        self._volumes: list[str] = []
        self._harnesses: list[HarnessProcess] = []
        self._services: list[ServiceProcess] = []
        self._closed = False
        self._namespace = ""
        self._app = ""
        self._app_lock = threading.Lock()
        self._app_started = 0.0
        self._restarts = 0
        self._over_limit: Limit = ""
        self._flood = Flood()
        self._disk: AppDisk | None = None
        self._broker_volume = ""
        self._broker: Broker | None = None

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    def open(self, aliases: Mapping[str, str], *, commands: bool = False) -> None:
        """Make the network namespace.

        Args:
            aliases: Host names to resolve in it.
            commands: Whether commands will be run in it: has the engine lay the broker ready.
        """
        aliases = {**aliases, **self._simulated}
        mounts = []
        if self._simulated:
            self._trust_volume = self._create_volume(trust.VOLUME_OPTIONS)
        if commands:
            self._broker_volume = self._create_volume({})
            mounts = [broker_mount(self._broker_volume, fill=True)]
        try:
            self._open(own.pause_config(self._image, aliases, mounts))
        except PlatformError as error:
            # A kernel booted without IPv6 has no such setting, and a pod there none either.
            if "ipv6" not in str(error):
                raise
            self._open(own.pause_config(self._image, aliases, mounts, ipv6=False))

    def _open(self, config: dict[str, Any]) -> None:
        self._namespace = self._create_own(labels.PAUSE, config)
        self._start_own(self._namespace)

    def start_app(self, spec: AppSpec) -> None:
        """Start the app; returns when its first process runs, which need not answer yet.

        Raises:
            SubmissionError: ``start.…`` if what the image wants to run cannot be run.
        """
        image_config = self._containers.image_config(spec.image)
        spec = self._trusting(spec, image_config)
        kept = self._keep(self._volumes_of(image_config))
        self._app_limits = spec.limits or self._app_limits
        config = app_config(
            spec,
            self._app_limits,
            image_config,
            namespace=self._namespace,
            mounts=[*volumes.mounts(kept), *self._trust_mounts()],
            kernel_memory_tcp=self._kernel_memory_tcp,
        )
        with self._app_lock:
            self._app_started = time.time()
            self._disk = AppDisk(self._containers, self._engine_root, self._app_limits)
            try:
                self._app = self._create(labels.APP, config)
                self._containers.start(self._app)
            except RefusedError as error:
                raise explain(str(error)) from error

    def start_commands(self, spec: AppSpec) -> tuple[Broker, Program]:
        """Start a container for commands, in the place of one that runs already.

        The pod was opened for commands.

        Returns:
            What runs them, its folders made, and what the image's program is.

        Raises:
            SubmissionError: ``start.…`` if the image names nothing to run, or no user it has.
        """
        image_config = self._containers.image_config(spec.image)
        program = program_of(spec, image_config)
        if not program.words:
            raise SubmissionError("start.no_program")
        if self._simulated:
            more = trust.environment(program.environment)
            program = replace(program, environment={**program.environment, **more})
        kept = self._keep(self._volumes_of(image_config))
        self._app_limits = spec.limits or self._app_limits
        config = command_config(
            spec,
            self._app_limits,
            image_config,
            namespace=self._namespace,
            mounts=[
                broker_mount(self._broker_volume),
                *volumes.mounts(kept),
                *self._trust_mounts(),
            ],
            kernel_memory_tcp=self._kernel_memory_tcp,
        )
        with self._app_lock:
            self._end_commands()
            self._app_started = time.time()
            self._disk = AppDisk(self._containers, self._engine_root, self._app_limits)
            try:
                self._app = self._create(labels.APP, config)
                self._broker = Broker(self._containers, self._app)
                self._containers.start(self._app)
            except RefusedError as error:
                raise explain(str(error)) from error
        return self._broker, program

    def explain_broker(self) -> GraderError:
        """Why the broker did not come up: the image's user most often."""
        words = self._broker.stderr_tail if self._broker else ""
        return explain(words or "the broker ended at once")

    @property
    def app_limits(self) -> Limits:
        """What the app may use."""
        return self._app_limits

    def _end_commands(self) -> None:
        if self._broker is None:
            return
        self._broker.hang_up()
        with self._lock:
            self._members.remove(self._app)
        self._over_limit = ""
        self._containers.remove(self._app)

    def restart_app(self) -> None:
        """Stop the app and start it again with the files it has written.

        Raises:
            SubmissionError: As in :meth:`start_app`.
        """
        with self._app_lock:
            self._restarts += 1
            try:
                self._containers.restart(self._app, RESTART_GRACE_S)
            except RefusedError as error:
                raise explain(str(error)) from error

    def app_status(self) -> AppStatus:
        """How the app is doing now."""
        state = self._containers.state(self._app) if self._app else None
        if state is None:
            return AppStatus(
                running=False,
                limit=self._over_limit,
                restarts=self._restarts,
                limits=self._app_limits,
            )
        running = bool(state["Running"])
        kills = self._containers.out_of_memory_events(self._app, self._app_started)
        pids = self._containers.pids(self._app) if running else None
        return AppStatus(
            running=running,
            exit_code=None if running else int(state["ExitCode"]),
            limit=self._limit(state, pids),
            memory_kills=max(kills, int(state["OOMKilled"])),
            pids=pids,
            restarts=self._restarts,
            limits=self._app_limits,
        )

    def _limit(self, state: Mapping[str, Any], pids: int | None) -> Limit:
        if self._over_limit:
            return self._over_limit
        # A child may have been killed for memory, and the app have come to a good end without it.
        if state["OOMKilled"] and not state["Running"] and state["ExitCode"]:
            return "memory"
        full = pids is not None and pids >= self._app_limits.pids - PIDS_MARGIN
        return "pids" if full else ""

    def app_log(self, max_bytes: int = LOG_BYTES) -> str:
        """The end of what the app printed, on both streams, over all its restarts."""
        if not self._app or self._broker:  # what commands print comes over the broker alone
            return ""
        return self._containers.log_tail(self._app, max_bytes).decode("utf-8", "replace")

    def wait_app_exit(self, timeout: float) -> AppStatus | None:
        """Wait until the app has ended by itself; a restart in between does not count.

        Returns:
            How it ended, None if it still runs after ``timeout`` seconds.
        """
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            if not self._containers.wait(self._app, left):
                return None
            with self._app_lock:
                status = self.app_status()
            if not status.running:
                return status
        return None

    def check(self) -> None:
        """Kill the app if it has written or prints more than it may; called once a second."""
        app = self._app
        if not app or self._closed or self._over_limit:
            return
        written = self._disk.exceeded(app) if self._disk else ""
        if written:
            self._stop_for(written)
        elif not self._broker and self._flood.goes_on(self._containers.log_window(app)):
            self._stop_for("output")

    def _stop_for(self, limit: Limit) -> None:
        self._over_limit = limit
        self._containers.kill(self._app)

    def start_harness(self, kind: HarnessKind, command: Sequence[str] = ()) -> HarnessProcess:
        """Start a harness; it waits for its first command.

        Where hosts are simulated, it begins with that, and says ``simulating`` when they answer.

        Args:
            kind: Which one.
            command: What to run instead of the kit, for tests.
        """
        config = own.harness_config(
            self._image,
            self._namespace,
            self._harness_limits,
            (kind.value, *(f"{host}={address}" for host, address in self._simulated.items())),
            command,
            [trust.mount(self._trust_volume, writable=True)] if self._simulated else (),
        )
        container = self._create_own(labels.HARNESS, config)
        process = HarnessProcess(self._containers, container, kind)
        with self._lock:
            self._harnesses.append(process)
        self._start_own(container)
        return process

    def start_service(self, spec: ServiceSpec) -> ServiceProcess:
        """Start a service; it may be used when its ``wait_healthy`` has returned."""
        container = self._create_own(labels.SERVICE, service_config(spec, self._namespace))
        process = ServiceProcess(self._containers, container, spec)
        with self._lock:
            self._services.append(process)
        self._start_own(container)
        return process

    def stopped_service(self) -> PlatformError | None:
        """Why a service does not run any more; None while all of them do."""
        with self._lock:
            services = list(self._services)
        return next((error for one in services if (error := one.why_stopped())), None)

    def close(self) -> None:
        """Kill and remove everything that is part of the pod; more than once is fine.

        What cannot be removed is left to the reaper: closing never fails.
        """
        with self._lock:
            self._closed = True
            members, self._members = self._members, []
            kept, self._volumes = self._volumes, []
            lines: list[HarnessProcess | ServiceProcess] = [*self._harnesses, *self._services]
            self._harnesses, self._services = [], []
        _in_parallel(self._quietly(self._containers.remove), members)
        for line in lines:
            line.hang_up()
        if self._broker:
            self._broker.hang_up()
        _in_parallel(self._quietly(self._containers.remove_volume), kept)

    def _trusting(self, spec: AppSpec, image_config: Mapping[str, Any]) -> AppSpec:
        """The app with what makes it trust the simulators, where there are any."""
        if not self._simulated:
            return spec
        own_words = dict(pair.partition("=")[::2] for pair in image_config.get("Env") or ())
        more = trust.environment({**own_words, **spec.environment})
        return replace(spec, environment={**spec.environment, **more})

    def _trust_mounts(self) -> list[dict[str, Any]]:
        if not self._simulated:
            return []
        return [trust.mount(self._trust_volume, target) for target in trust.TARGETS]

    def _volumes_of(self, image_config: Mapping[str, Any]) -> list[str]:
        """The folders an image declares as volumes, but for those that have ours."""
        taken = trust.TARGETS if self._simulated else ()
        return [path for path in volumes.declared(image_config) if path.rstrip("/") not in taken]

    def _keep(self, paths: Sequence[str]) -> dict[str, str]:
        """Make a volume for each folder, held by a container of ours."""
        if not paths:
            return {}
        made = {path: self._create_volume(volumes.OPTIONS) for path in paths}
        config = own.holder_config(self._image, self._namespace, list(made.values()))
        self._start_own(self._create_own(labels.HOLDER, config))
        return made

    def _create(self, role: str, config: dict[str, Any]) -> str:
        """Create a container that :meth:`close` will remove, also if it is being called now."""
        if self._background:
            config["HostConfig"]["CpuShares"] = BACKGROUND_CPU_SHARES
        container = self._containers.create({**config, "Labels": self.identity.labels(role)})
        with self._lock:
            if not self._closed:
                self._members.append(container)
                return container
        self._containers.remove(container)
        raise PlatformError("engine.failed", asked=f"start the {role}", cause="its pod was closed")

    def _create_own(self, role: str, config: dict[str, Any]) -> str:
        try:
            return self._create(role, config)
        except RefusedError as error:
            raise PlatformError("engine.failed", asked=f"create the {role}", cause=error) from error

    def _start_own(self, container: str) -> None:
        try:
            self._containers.start(container)
        except RefusedError as error:
            asked = "start a container of ours"
            raise PlatformError("engine.failed", asked=asked, cause=error) from error

    def _create_volume(self, options: Mapping[str, str]) -> str:
        name = self._containers.create_volume(self.identity.labels(labels.VOLUME), options)
        with self._lock:
            self._volumes.append(name)
        return name

    def _quietly(self, remove: Callable[[str], None]) -> Callable[[str], None]:
        def attempt(name: str) -> None:
            try:
                remove(name)
            except PlatformError as error:
                _log.warning("left to the reaper: %s", error)

        return attempt


def _in_parallel(do: Callable[[str], None], names: Iterable[str]) -> None:
    names = list(names)
    if names:
        with ThreadPoolExecutor(max_workers=len(names)) as threads:
            list(threads.map(do, names))
