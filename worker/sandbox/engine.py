"""The connection to the container engine: made here, nowhere else."""

from __future__ import annotations

import os

import docker
import requests
from docker.errors import DockerException

from grader.errors import PlatformError
from grader.settings import Settings

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
CALL_TIMEOUT_S = 60


def connect(settings: Settings) -> docker.DockerClient:
    """Connect to the operator's engine.

    Args:
        settings: ``docker_host`` names the engine; without it ``DOCKER_HOST``, then the usual
            socket.

    Returns:
        A client whose every call ends within 60 s unless it asks for longer.

    Raises:
        PlatformError: ``engine.unreachable`` if nothing answers there.
    """
    address = settings.docker_host or os.environ.get("DOCKER_HOST") or DEFAULT_SOCKET
    try:
        client = docker.DockerClient(base_url=address, timeout=CALL_TIMEOUT_S, max_pool_size=32)
        client.ping()
    except (DockerException, requests.RequestException) as error:
        raise PlatformError("engine.unreachable", address=address, cause=error) from error
    return client
