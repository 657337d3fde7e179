"""One network for one build at a time.

Builds of different learners must not meet: on a common bridge one could pose as the gateway to
another (a build step may send raw frames, and the engine cannot take that from it). So there are
several networks of one kind, and each is used by one build at a time.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence

import docker
import requests
from docker.errors import DockerException

from grader.errors import PlatformError

# At the end of a network's name: any network whose name begins so, whichever is free.
ANY = "*"
POLL_S = 0.1


@contextlib.contextmanager
def leased(
    client: docker.DockerClient, name: str, timeout_s: float, cancelled: threading.Event
) -> Iterator[str]:
    """Use a network alone while the block runs.

    Args:
        client: The engine.
        name: A network's name, which is passed on as it is, or the beginning of several with
            ``*`` at its end.
        timeout_s: How long to wait for a free one.
        cancelled: Ends the wait.

    Raises:
        PlatformError: ``engine.failed`` if there is none or none becomes free.
    """
    if not name.endswith(ANY):
        yield name
        return
    names = _names(client, name.removesuffix(ANY))
    deadline = time.monotonic() + timeout_s
    while names and not cancelled.is_set() and time.monotonic() < deadline:
        for candidate in names:
            with _claim(candidate) as mine:
                if mine:
                    yield candidate
                    return
        time.sleep(POLL_S)
    cause = "all are in use" if names else "there is none"
    raise PlatformError("engine.failed", asked=f"lend a network {name}", cause=cause)


def _names(client: docker.DockerClient, prefix: str) -> Sequence[str]:
    try:
        rows = client.api.networks(names=[prefix])
    except (DockerException, requests.RequestException) as error:
        raise PlatformError("engine.failed", asked="list networks", cause=error) from error
    return sorted(str(row["Name"]) for row in rows if str(row["Name"]).startswith(prefix))


@contextlib.contextmanager
def _claim(name: str) -> Iterator[bool]:
    """Whether this process has ``name`` to itself on this machine.

    An abstract socket's name can be bound once; the kernel frees it when its process dies.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as holder:
        try:
            holder.bind(f"\0grader.network.{name}")
        except OSError:
            yield False
        else:
            yield True
