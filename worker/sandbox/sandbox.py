"""The sandbox of one worker: opens pods, watches them, removes what dead workers left."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Mapping, Sequence

import docker

from grader.errors import PlatformError
from grader.settings import Settings
from worker.sandbox.containers import Containers
from worker.sandbox.labels import Identity
from worker.sandbox.limits import Limits
from worker.sandbox.pod import Pod
from worker.sandbox.reaper import Reaped, reap
from worker.sandbox.runtimes import check_runtimes

CHECK_S = 1.0
_log = logging.getLogger(__name__)


class Sandbox:
    """Where apps run.

    Args:
        client: The engine.
        settings: The operator's limits.
        harness_image: From :func:`worker.images.harness.ensure_harness_image`.

    Raises:
        PlatformError: If the engine lacks a runtime that the settings name.
    """

    def __init__(self, client: docker.DockerClient, settings: Settings, harness_image: str) -> None:
        self.containers = Containers(client, settings.pod_runtime)
        self.image = harness_image
        self._app_limits = Limits.for_app(settings)
        self.harness_limits = Limits.for_harness(settings)
        # Control groups of version 1 do not count socket buffers as memory; its own limit does.
        info = self.containers.info()
        check_runtimes(info, settings)
        self._kernel_memory_tcp = bool(info.get("KernelMemoryTCP"))
        self._engine_root = str(info.get("DockerRootDir") or "")
        self._watch = Watch()

    def open_pod(
        self,
        identity: Identity,
        aliases: Mapping[str, str] | None = None,
        *,
        background: bool = False,
        commands: bool = False,
        simulates: Sequence[str] = (),
    ) -> Pod:
        """Make a pod with its network, ready for an app and harnesses; takes about 0.25 s.

        Args:
            identity: Whose it is.
            aliases: Host names that resolve in it, and their addresses.
            background: Whether it gives way to other pods while the machine is busy.
            commands: Whether commands are run in it instead of a server.
            simulates: Hosts of outside services that its harness simulates.

        Raises:
            PlatformError: ``engine.failed`` if the engine cannot.
        """
        pod = Pod(
            self.containers,
            identity,
            self.image,
            self._app_limits,
            self.harness_limits,
            kernel_memory_tcp=self._kernel_memory_tcp,
            background=background,
            simulates=simulates,
            engine_root=self._engine_root,
        )
        try:
            pod.open(aliases or {}, commands=commands)
        except BaseException:
            pod.close()
            raise
        self._watch.add(pod)
        return pod

    def reap(self) -> Reaped:
        """Remove what dead workers left, and what this one has no open pod for.

        Raises:
            PlatformError: ``engine.failed`` if the engine cannot say what is there.
        """
        return reap(self.containers, [pod.identity.attempt for pod in self._watch.pods()])


class Watch:
    """Looks once a second at what the apps of open pods write and print, from one thread.

    The engine has no limit on a layer's size (``--storage-opt size`` needs XFS with quotas), and a
    read-only root would fail honest apps that write beside their code.
    """

    def __init__(self) -> None:
        self._pods: weakref.WeakSet[Pod] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, pod: Pod) -> None:
        """Watch a pod until it is closed."""
        with self._lock:
            self._pods.add(pod)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pod-watch", daemon=True)
                self._thread.start()

    def pods(self) -> list[Pod]:
        """The pods that are open."""
        with self._lock:
            return [pod for pod in self._pods if not pod.closed]

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(CHECK_S)
            with self._lock:
                pods = [pod for pod in self._pods if not pod.closed]
                if not pods:
                    self._pods.clear()
                    self._thread = None
                    return
            for pod in pods:
                self._check(pod)

    def _check(self, pod: Pod) -> None:
        try:
            pod.check()
        except PlatformError as error:
            # The engine may be busy, or the pod be closing: it is looked at again in a second.
            _log.info("the app of %s was not looked at: %s", pod.identity.attempt, error)
